import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Forecast } from '../../src/engine/forecast.ts'
import type { UpgradeMemory } from '../../src/engine/ports.ts'
import { RemoteError } from '../../src/remote/types.ts'
import { defineTask, type Task, type UpgradeRecord } from '../../src/tasks/contract.ts'
import { cleanUp, play, type RunInput, type RunResult, scratch } from './harness.ts'

afterAll(cleanUp)

interface Twice {
  readonly check: RunResult
  readonly apply: RunResult
  readonly dir: string
}

/** A check, then what happens on the hosts meanwhile, then the apply that is held to the check's plan. */
async function confirmed(
  input: Omit<RunInput, 'dir' | 'mode'> & { atApply?: Partial<RunInput> },
  meanwhile: (dir: string) => void = () => {},
  before: (dir: string) => void = () => {},
): Promise<Twice> {
  const dir = scratch()
  before(dir)
  const forecast = new Forecast()
  const { atApply, ...both } = input
  const check = await play({ ...both, dir, mode: 'check', forecast })
  meanwhile(dir)
  const apply = await play({ ...both, ...atApply, dir, mode: 'apply', forecast })
  return { check, apply, dir }
}

const THREE = `- hosts: all
  gather_facts: false
  tasks:
    - copy: { content: "one\\n", dest: DIR/one }
    - copy: { content: "two\\n", dest: DIR/two }
    - copy: { content: "three\\n", dest: DIR/three }
`

describe('a host whose plan is the confirmed one', () => {
  test('is changed', async () => {
    const { apply, dir } = await confirmed({ playbook: THREE })
    expect(apply.statuses('one')).toEqual(['changed', 'changed', 'changed'])
    expect(readFileSync(`${dir}/three`, 'utf8')).toBe('three\n')
  })

  test('may find a step done meanwhile', async () => {
    const { apply } = await confirmed({ playbook: THREE }, (dir) => writeFileSync(`${dir}/two`, 'two\n'))
    expect(apply.statuses('one')).toEqual(['changed', 'ok', 'changed'])
  })

  test('may do what check could not tell: after an action, and after a change that it reads', async () => {
    const { check, apply } = await confirmed({
      playbook: `- hosts: all
  gather_facts: false
  tasks:
    - shell: echo made >DIR/made
    - shell: echo {{ ansible_check_mode }}
      when: not ansible_check_mode
      register: told
    - copy: { content: "{{ told.stdout | default('nothing') }}", dest: DIR/told }
`,
    })
    expect(check.statuses('one')).toEqual(['skipped', 'skipped', 'deferred'])
    expect(apply.statuses('one')).toEqual(['changed', 'changed', 'changed'])
  })
})

describe('a host whose plan is another one is held, and its later steps are not run', () => {
  test('where nothing was to be done', async () => {
    const { check, apply, dir } = await confirmed({ playbook: THREE.replaceAll('one\\n', 'new\\n') }, (dir) => {
      writeFileSync(`${dir}/two`, 'else\n')
    })
    expect(check.statuses('one')).toEqual(['changed', 'changed', 'changed'])
    expect(apply.statuses('one')).toEqual(['changed', 'refused'])
    const [, held] = apply.results('one')
    expect([held?.message, held?.remedy]).toEqual([
      `its plan differs from the one that was confirmed: the same step with other details; now: writes ${dir}/two`,
      expect.stringContaining('run again to see its plan'),
    ])
    // What came before it and was confirmed is made; what comes after it is not.
    expect(readFileSync(`${dir}/one`, 'utf8')).toBe('new\n')
    expect(readFileSync(`${dir}/two`, 'utf8')).toBe('else\n')
    expect(existsSync(`${dir}/three`)).toBe(false)
  })

  test('where it was as it should be, even with ignore_errors', async () => {
    const forecast = new Forecast()
    const dir = scratch()
    writeFileSync(`${dir}/two`, 'two\n')
    const playbook = `${THREE}  ignore_errors: true\n`
    await play({ playbook, dir, mode: 'check', forecast })
    writeFileSync(`${dir}/two`, 'else\n')
    const apply = await play({ playbook, dir, forecast })
    expect(apply.statuses('one')).toEqual(['changed', 'refused'])
    expect(apply.results('one')[1]).toMatchObject({
      message: expect.stringContaining('confirmed: nothing was to be done in this step; now: writes '),
    })
    expect(apply.results('one')[1]?.ignored).toBeUndefined()
    expect(existsSync(`${dir}/three`)).toBe(false)
  })

  test('where the step was to be skipped', async () => {
    const playbook = `- hosts: all
  gather_facts: false
  tasks:
    - command: cat DIR/wanted
      check_mode: false
      changed_when: false
      register: wanted
    - copy: { content: "x", dest: DIR/made }
      when: wanted.stdout == 'yes'
`
    const { check, apply, dir } = await confirmed(
      { playbook },
      (dir) => writeFileSync(`${dir}/wanted`, 'yes'),
      (dir) => writeFileSync(`${dir}/wanted`, 'no'),
    )
    expect(check.statuses('one')).toEqual(['ok', 'skipped'])
    expect(apply.statuses('one')).toEqual(['ok', 'refused'])
    expect(apply.results('one')[1]?.message).toContain('this step was to be skipped; now: writes ')
    expect(existsSync(`${dir}/made`)).toBe(false)
  })

  test('in a loop: what comes before is made, no item after it', async () => {
    const playbook = `- hosts: all
  gather_facts: false
  tasks:
    - copy: { content: "{{ item }}", dest: "DIR/{{ item }}" }
      loop: [a, b, c]
    - copy: { content: "x", dest: DIR/after }
`
    const { apply, dir } = await confirmed({ playbook }, (dir) => writeFileSync(`${dir}/b`, 'else'))
    expect(apply.statuses('one')).toEqual(['refused'])
    expect(['a', 'b', 'c', 'after'].map((name) => existsSync(`${dir}/${name}`))).toEqual([true, true, false, false])
    expect(readFileSync(`${dir}/b`, 'utf8')).toBe('else')
  })

  test('where nobody saw its plan, while the other hosts go on', async () => {
    const { check, apply, dir } = await confirmed({
      playbook: THREE.replaceAll(/DIR\/(\w+)/g, '"DIR/{{ inventory_hostname }}-$1"'),
      hosts: ['one', 'two'],
      down: ['two'],
      atApply: { down: [] },
    })
    expect(check.statuses('two')).toEqual(['unreachable'])
    expect(apply.statuses('one')).toEqual(['changed', 'changed', 'changed'])
    expect(apply.statuses('two')).toEqual(['refused'])
    expect(apply.results('two')[0]?.message).toMatch(/could not be looked at then, so nobody saw this; now: writes/)
    expect(existsSync(`${dir}/two-one`)).toBe(false)
  })

  test('but not where nothing is to be done on it', async () => {
    const dir = scratch()
    const forecast = new Forecast()
    const playbook = '- hosts: all\n  gather_facts: false\n  tasks: [{ copy: { content: x, dest: DIR/file } }]\n'
    writeFileSync(`${dir}/file`, 'x')
    await play({ playbook, dir, mode: 'check', forecast, down: ['one'] })
    const apply = await play({ playbook, dir, forecast })
    expect(apply.statuses('one')).toEqual(['ok'])
  })
})

test('a step that is run once may be run by another host of the batch', async () => {
  const { apply } = await confirmed({
    playbook:
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n    - copy: { content: x, dest: DIR/once }\n      run_once: true\n',
    hosts: ['one', 'two'],
    atApply: { down: ['one'] },
  })
  expect(apply.statuses('two')).toEqual(['ok', 'changed'])
})

describe('a host that was in the middle of its upgrade', () => {
  const record: UpgradeRecord = {
    version: 1,
    run: 'try-1',
    image: null,
    plan: 'p',
    imageDigest: 'i',
    release: { from: '8', to: '9' },
    before: { bootId: 'an-older-boot', kernel: 'k' },
    armedAt: '',
  }
  let watched = false
  const follower = defineTask<object, { at: string }, object>({
    name: 'follow',
    summary: 'Follows a host.',
    args: z.strictObject({}),
    example: 'follow: {}',
    probes: () => ({ at: { id: 'at', script: 'echo', reads: [], parse: ({ stdout }) => stdout } }),
    check: () => (watched ? { kind: 'ok' } : { kind: 'change', summary: 'starts', touches: ['*'], spec: {} }),
    attend: () => ({ kind: 'change', summary: 'watches', touches: ['*'], spec: {} }),
    async apply(_, { boots }) {
      await boots.forget()
      watched = true
      return {}
    },
  }) as unknown as Task
  const playbook =
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - follow: {}\n      ignore_errors: true\n    - copy: { content: x, dest: DIR/after }\n'
  const gone = async (): Promise<never> => {
    throw new RemoteError('unreachable', 'one', 'nobody')
  }
  const memory = (known: UpgradeRecord | undefined): UpgradeMemory => ({
    recall: () => known,
    remember: async () => {},
    forget: async () => {},
  })

  test('is watched on, and may do what comes after', async () => {
    let known: UpgradeRecord | undefined = record
    const forget = async (): Promise<void> => {
      known = undefined
    }
    const upgrades = { recall: () => known, remember: async () => {}, forget }
    const { check, apply } = await confirmed({ playbook, plugins: [follower], ports: { answer: gone, upgrades } })
    expect(check.statuses('one')).toEqual(['changed', 'skipped'])
    expect(check.results('one')[0]?.message).toBe('watches')
    expect(apply.statuses('one')).toEqual(['changed', 'changed'])
    expect(apply.results('one')[0]?.message).toBe('watches')
  })

  test('does not begin another one', async () => {
    watched = false
    const { apply } = await confirmed({
      playbook,
      plugins: [follower],
      ports: { answer: gone, upgrades: memory(record) },
      atApply: { ports: { upgrades: memory(undefined) } },
    })
    expect(apply.statuses('one')).toEqual(['refused'])
    expect(apply.results('one')[0]?.message).toContain(
      'it was in the middle of its upgrade then, and is back; now: starts',
    )
  })
})
