import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { foreseen } from '../../src/engine/foresight.ts'
import type { Probe } from '../../src/tasks/contract.ts'
import { pathProbe } from '../../src/tasks/generic/path-probe.ts'
import { cleanUp, play, scratch } from './harness.ts'

afterEach(cleanUp)

const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n'
const path = (name: string) => pathProbe(name) as Probe<unknown>
const making = (...makes: string[]) => ({
  makes,
  touches: makes.flatMap((dir) => [`path:${dir}` as const, `path:${dir}/.` as const]),
})

describe('what can be foreseen', () => {
  it('is a path below a directory that is made', () => {
    expect(foreseen([path('/a/b/c')], [making('/a', '/a/b')])).toEqual(new Set(['/a', '/a/b']))
  })

  it('is no path that is made itself, nor one below something that is removed', () => {
    expect(foreseen([path('/a')], [making('/a')])).toBeUndefined()
    expect(foreseen([path('/a/b')], [{ touches: ['tree:/a'] }, making('/a')])).toBeUndefined()
    expect(foreseen([path('/a/b')], [making('/a'), { touches: ['*'] }])).toBeUndefined()
  })

  it('is nothing for a probe that does not say how', () => {
    const { foresee: _, ...silent } = path('/a/b')
    expect(foreseen([silent], [making('/a')])).toBeUndefined()
  })
})

describe('steps that go into a new directory', () => {
  it('travel with the step that makes it', async () => {
    const dir = scratch()
    mkdirSync(`${dir}/tree/sub`, { recursive: true })
    writeFileSync(`${dir}/tree/sub/f`, 'from the tree')
    const run = await play({
      dir,
      playbook: `${HEAD}
    - file: { path: DIR/new/deep, state: directory, mode: "0750" }
    - file: { path: DIR/new/deep/er, state: directory, mode: "0700" }
    - copy: { src: DIR/tree/, dest: DIR/new/deep/ }
    - copy: { content: one, dest: DIR/new/deep/er/one }
    - copy: { content: two, dest: DIR/new/deep/sub/two }
`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'changed', 'changed', 'changed', 'changed'])
    expect(run.frames('one')).toBe(2)
    expect(readFileSync(`${dir}/new/deep/sub/f`, 'utf8')).toBe('from the tree')
    expect(readFileSync(`${dir}/new/deep/er/one`, 'utf8')).toBe('one')
    expect(readFileSync(`${dir}/new/deep/sub/two`, 'utf8')).toBe('two')
    expect(statSync(`${dir}/new/deep`).mode & 0o777).toBe(0o750)
    expect(statSync(`${dir}/new/deep/er`).mode & 0o777).toBe(0o700)
  })

  it('wait where only the host can tell', async () => {
    const run = await play({
      playbook: `${HEAD}
    - file: { path: DIR/a, state: directory, mode: "0755" }
    - file: { path: DIR/a, state: directory, mode: "0700" }
    - file: { path: DIR/a, state: absent }
    - file: { path: DIR/a/b, state: directory }
`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'changed', 'changed', 'changed'])
    expect(statSync(`${run.dir}/a/b`).isDirectory()).toBe(true)
  })

  it('are not started when it can not be made', async () => {
    const run = await play({
      playbook: `${HEAD}
    - file: { path: /proc/upgrade-push-no-such/a, state: directory }
    - copy: { content: x, dest: /proc/upgrade-push-no-such/a/f }
`,
    })
    expect(run.statuses('one')).toEqual(['failed'])
    expect(run.results('one')[0]?.message).toContain('/proc/upgrade-push-no-such')
  })

  it('are still put off in a check, which makes nothing', async () => {
    const run = await play({
      mode: 'check',
      playbook: `${HEAD}
    - file: { path: DIR/a, state: directory }
    - copy: { content: x, dest: DIR/a/f }
`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'deferred'])
  })
})
