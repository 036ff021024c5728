import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RemoteError } from '../../src/remote/types.ts'
import { defineTask } from '../../src/tasks/contract.ts'
import { cleanUp, play } from './harness.ts'

afterEach(cleanUp)

const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n'

const probe = { id: 'x', script: ':', reads: [], parse: () => undefined }

/** A plugin whose check or apply throws on one host. */
function throwing(error: unknown, on = 'h1') {
  return defineTask({
    name: 'throwing',
    summary: 'throws',
    args: z.strictObject({}),
    example: 'throwing:',
    probes: () => ({ probe }),
    check: ({ host }) => {
      if (host === on) throw error
      return { kind: 'ok' }
    },
  })
}

it('a step that declines ends its host’s run, though changes before it were still to be sent', async () => {
  const { statuses, dir } = await play({
    playbook: `- hosts: all
  gather_facts: false
  tasks:
    - copy: { content: "one", dest: DIR/one }
    - fail: { msg: stop }
    - copy: { content: "three", dest: DIR/three }
`,
  })
  expect(statuses('one')).toEqual(['changed', 'refused'])
  expect([existsSync(`${dir}/one`), existsSync(`${dir}/three`)]).toEqual([true, false])
})

describe('a bug in a plugin', () => {
  it('fails its host alone, with its place', async () => {
    const run = await play({
      hosts: ['h1', 'h2'],
      plugins: [throwing(new TypeError('no such thing'))],
      playbook: `${HEAD}    - throwing:\n    - command: "true"\n`,
    })
    expect(run.statuses('h1')).toEqual(['failed'])
    expect(run.results('h1')[0]?.message).toMatch(/bug .*TypeError: no such thing \(at /)
    expect(run.statuses('h2')).toEqual(['ok', 'changed'])
  })
})

describe('a command that fails', () => {
  it.each([
    ['echo words; exit 3', 'exit code 3: words'],
    ['echo words; echo why >&2; exit 3', 'exit code 3: why'],
    ['exit 3', 'exit code 3'],
  ])('%s: %s, in its own words alone', async (shell, message) => {
    const run = await play({ playbook: `${HEAD}    - shell: ${JSON.stringify(shell)}\n` })
    expect(run.results('one')[0]?.message).toBe(message)
  })
})

describe('a journal that breaks', () => {
  it('fails the host at the step that would have changed it, and changes nothing', async () => {
    const run = await play({ durable: false, playbook: `${HEAD}    - copy: { content: x, dest: DIR/f }\n` })
    expect(run.statuses('one')).toEqual(['failed'])
    expect(run.results('one')[0]?.message).toContain('the journal')
    expect(existsSync(`${run.dir}/f`)).toBe(false)
  })
})

describe('failed_when', () => {
  it.each([
    ['a refused password', new RemoteError('become', 'h1', 'sudo: the password was not accepted')],
    ['a bug', new TypeError('x')],
  ])('does not make a success of %s: the step never ran', async (_, error) => {
    const run = await play({
      hosts: ['h1'],
      plugins: [throwing(error)],
      playbook: `${HEAD}    - throwing:\n      failed_when: false\n`,
    })
    expect(run.statuses('h1')).toEqual(['failed'])
  })

  it('does not make a success of a change that did not converge', async () => {
    const run = await play({
      playbook: `${HEAD}    - command: "true"\n      args: { creates: DIR/never }\n      failed_when: false\n`,
    })
    expect(run.statuses('one')).toEqual(['failed'])
    expect(run.results('one')[0]?.message).toContain('did not converge')
  })

  it('lets the items behind a forgiven one run', async () => {
    const run = await play({
      playbook: `${HEAD}    - shell: touch DIR/{{ item }}; test {{ item }} != a\n      loop: [a, b]\n      failed_when: false\n`,
    })
    expect(existsSync(`${run.dir}/b`)).toBe(true)
    expect(run.statuses('one')).toEqual(['changed'])
  })
})

describe('ignore_errors of the play', () => {
  it('goes on with the next step', async () => {
    const run = await play({
      playbook: `- hosts: all
  gather_facts: false
  ignore_errors: true
  tasks:
    - command: "false"
    - copy: { content: x, dest: DIR/f }
`,
    })
    expect(run.statuses('one')).toEqual(['failed', 'changed'])
    expect(existsSync(`${run.dir}/f`)).toBe(true)
  })
})
