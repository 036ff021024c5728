import { existsSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { EnginePorts, UpgradeMemory } from '../../src/engine/ports.ts'
import { type Answer, type ImageSession, RemoteError } from '../../src/remote/types.ts'
import { defineTask, OverdueError, type Task, type UpgradeRecord } from '../../src/tasks/contract.ts'
import { cleanUp, play } from './harness.ts'
import { isPaused, resultOf, steered, steering } from './steer.ts'

afterAll(cleanUp)

const record: UpgradeRecord = {
  version: 1,
  run: 'try-1',
  image: { hostKey: 'ssh-ed25519 A', authorizedKey: 'ssh-ed25519 B' },
  plan: 'p',
  imageDigest: 'i',
  release: { from: '8', to: '9' },
  before: { bootId: 'an-older-boot', kernel: 'k' },
  armedAt: '',
}

const session: ImageSession = {
  host: 'one',
  run: async () => ({ code: 0, stdout: '', stderr: '', truncated: false }),
  close: () => {},
}

/** Remembers an upgrade of host `one`. */
class Memory implements UpgradeMemory {
  #record: UpgradeRecord | undefined = record
  recall(host: string): UpgradeRecord | undefined {
    return host === 'one' ? this.#record : undefined
  }
  async remember(_: string, kept: UpgradeRecord): Promise<void> {
    this.#record = kept
  }
  async forget(): Promise<void> {
    this.#record = undefined
  }
}

let followed = 0
const follower = defineTask<object, { there: string }, { how: string }>({
  name: 'follow',
  summary: 'Follows a host.',
  args: z.strictObject({}),
  example: 'follow: {}',
  probes: () => ({ there: { id: 'there', script: 'echo there', reads: [], parse: ({ stdout }) => stdout.trim() } }),
  check: () =>
    followed > 0
      ? { kind: 'ok' }
      : { kind: 'change', summary: 'from the start', touches: ['*'], spec: { how: 'start' } },
  attend: ({ record: { run }, sight }) => ({
    kind: 'change',
    summary: `watches ${run}: ${sight.text}`,
    touches: ['*'],
    spec: { how: 'watch' },
  }),
  async apply({ how }, { boots }) {
    followed++
    boots.phase({ phase: 'transaction', state: 'running', seconds: 1, text: how })
    await boots.forget()
    return { how }
  },
}) as unknown as Task

const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - command: touch DIR/before
    - assert: { that: [false] }
    - follow: {}
      register: followed
    - command: touch DIR/after
    - debug: { msg: "{{ followed.how | default('nothing') }}" }
`

function answering(answer: () => Promise<Answer>, memory = new Memory()): Pick<EnginePorts, 'answer' | 'upgrades'> {
  return { answer, upgrades: memory }
}
const fromImage = async (): Promise<Answer> => ({ from: 'image', session })
const nobody = async (): Promise<Answer> => {
  throw new RemoteError('unreachable', 'one', 'the connection was refused')
}

function run(ports: Pick<EnginePorts, 'answer' | 'upgrades'>, more: Partial<Parameters<typeof play>[0]> = {}) {
  followed = 0
  return play({ playbook: PLAYBOOK, plugins: [follower], ports, ...more })
}

describe('a host in the middle of its upgrade', () => {
  test.each([
    ['answers from its image', fromImage, 'it answers from the upgrade image'],
    ['does not answer', nobody, 'it does not answer (the connection was refused)'],
    ['runs another system', async (): Promise<Answer> => ({ from: 'system' }), 'it has booted since'],
  ])(
    '%s: is not touched before the step that attends to it, and is a host like any other after',
    async (_, answer, text) => {
      const memory = new Memory()
      const { statuses, results, events, dir } = await run(answering(answer, memory))
      expect(statuses('one')).toEqual(['skipped', 'skipped', 'changed', 'changed', 'ok'])
      const [before, , watched, , told] = results('one')
      expect(before?.message).toBe(`the upgrade is running on this host: ${text}`)
      expect(watched?.message).toBe(`watches try-1: ${text}`)
      expect(told?.result?.msg).toBe('watch')
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'phase', host: 'one', phase: 'transaction', state: 'running', text: 'watch' }),
      )
      expect([existsSync(`${dir}/before`), existsSync(`${dir}/after`)]).toEqual([false, true])
      expect(memory.recall('one')).toBeUndefined()
    },
  )

  test('in check mode nothing is followed', async () => {
    const memory = new Memory()
    const { statuses } = await run(answering(fromImage, memory), { mode: 'check' })
    expect(statuses('one')).toEqual(['skipped', 'skipped', 'changed', 'skipped', 'skipped'])
    expect(followed).toBe(0)
    expect(memory.recall('one')).toBeDefined()
  })

  test('keeps nobody else from going on', async () => {
    const asked: string[] = []
    const ports = answering(fromImage)
    const answer: EnginePorts['answer'] = (host, ...rest) => {
      asked.push(host)
      return ports.answer(host, ...rest)
    }
    const playbook = PLAYBOOK.replace('    - assert: { that: [false] }\n', '')
    const { statuses } = await run({ ...ports, answer }, { hosts: ['one', 'two'], playbook, forks: 1 })
    expect(statuses('one')[0]).toBe('skipped')
    expect(statuses('two')[0]).toBe('changed')
    expect(asked).toEqual(['one'])
  })

  test('is refused by a play that does not follow, where no system is there to be seen', async () => {
    const playbook = '- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n'
    const image = await run(answering(fromImage), { playbook })
    expect(image.results('one')[0]).toMatchObject({
      status: 'refused',
      remedy: 'no step of this play follows it; run playbooks/upgrade.yml to go on watching',
    })
    const system = await run(
      answering(async () => ({ from: 'system' })),
      { playbook },
    )
    expect(system.statuses('one')).toEqual(['ok'])
    const gone = await run(answering(nobody), { playbook, down: ['one'] })
    expect(gone.statuses('one')).toEqual(['unreachable'])
  })

  test('somebody else at its address is refused as ever', async () => {
    const stranger = async (): Promise<Answer> => {
      throw new RemoteError('host_key', 'one', 'HOST KEY CHANGED')
    }
    const memory = new Memory()
    const { results } = await run(answering(stranger, memory))
    expect(results('one')).toMatchObject([{ status: 'unreachable', message: 'HOST KEY CHANGED' }])
    expect(memory.recall('one')).toBeDefined()
  })
})

test('an overdue host has failed for brakes, and nothing forgives it', async () => {
  const late: Task = {
    ...follower,
    apply: async () => {
      throw new OverdueError('gone for too long', 'look at its console')
    },
  }
  const playbook =
    '- hosts: all\n  gather_facts: false\n  ignore_errors: true\n  tasks:\n    - follow: {}\n    - ping:\n'
  const { results, events } = await run(answering(fromImage), { playbook, plugins: [late] })
  expect(results('one')).toMatchObject([
    { status: 'overdue', message: 'gone for too long', remedy: 'look at its console' },
  ])
  expect(results('one')[0]?.ignored).toBeUndefined()
  expect(events.at(-2)).toMatchObject({ type: 'brake' })
})

test('a host that is late does not begin again while it is watched', async () => {
  const late: Task = {
    ...follower,
    apply: async (_, { boots }) => {
      boots.phase({ phase: 'offline', state: 'overdue', seconds: 9 })
      await new Promise((resolve) => setImmediate(resolve))
      throw new OverdueError('gone for too long', 'look at its console')
    },
  }
  const playbook = '- hosts: all\n  gather_facts: false\n  tasks:\n    - follow: {}\n'
  const { answers } = await steered({ playbook, plugins: [late], ports: answering(fromImage) }, [
    { on: ({ type }) => type === 'phase', command: { command: 'retry', host: 'one' } },
  ])
  expect(answers).toMatchObject([
    { accepted: false, message: 'one is still watched; it can begin again once it is given up' },
  ])
})

test('an overdue host that begins again is looked for anew, and watched on', async () => {
  let watched = 0
  const late: Task = {
    ...follower,
    apply: async (spec, host) => {
      if (++watched === 1) throw new OverdueError('gone for too long', 'look at its console')
      return (follower.apply as NonNullable<Task['apply']>)(spec, host)
    },
  }
  followed = 0
  let asked = 0
  const answer = () => {
    asked++
    return fromImage()
  }
  const playbook = '- hosts: all\n  gather_facts: false\n  tasks:\n    - follow: {}\n    - command: "true"\n'
  const { statuses, results } = await steered({ playbook, plugins: [late], ports: answering(answer) }, [
    { on: resultOf('one', 0), command: { command: 'pause' } },
    { on: isPaused, command: { command: 'retry', host: 'one' }, atRest: true },
    { on: steering('retry'), command: { command: 'resume' } },
  ])
  expect(statuses('one')).toEqual(['overdue', 'changed', 'changed'])
  expect(results('one')[1]?.message).toBe('watches try-1: it answers from the upgrade image')
  expect(asked).toBe(2)
})
