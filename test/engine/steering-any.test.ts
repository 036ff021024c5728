import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { ControlPort, SteeringCommand } from '../../src/events/commands.ts'
import { emptyState, fold } from '../../src/events/fold.ts'
import { outcomeOf } from '../../src/events/outcome.ts'
import type { EventBody, RunEvent } from '../../src/events/types.ts'
import { defineTask, type Task } from '../../src/tasks/contract.ts'
import { cleanUp, play } from './harness.ts'

afterAll(cleanUp)

const HOSTS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7']
/** The third runs once for each batch. */
const STEPS = [0, 1, 2, 3]
const ONCE = 2

const PLAYBOOK = `- hosts: all
  gather_facts: false
  serial: 3
  tasks:
    - roll: { host: "{{ inventory_hostname }}" }
    - roll: { host: "{{ inventory_hostname }}" }
    - roll: { host: "{{ inventory_hostname }}" }
      run_once: true
    - roll: { host: "{{ inventory_hostname }}" }
`

const command: fc.Arbitrary<SteeringCommand> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('pause' as const, 'resume' as const, 'next' as const).map(plain) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTS).map((host) => ({ command: 'skip' as const, host })) },
  { weight: 4, arbitrary: fc.constantFrom(...HOSTS).map((host) => ({ command: 'retry' as const, host })) },
)

function plain(name: 'pause' | 'resume' | 'next'): SteeringCommand {
  return { command: name }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('whatever an operator asks for and whenever: the run ends, nothing begins while it is paused, nobody is counted wrong', async () => {
  const input = fc.record({
    moves: fc.array(fc.tuple(fc.nat({ max: 3 }), command), { maxLength: 25 }),
    fails: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
    slow: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 20 }),
    forks: fc.integer({ min: 1, max: 4 }),
    abort: fc.option(fc.nat({ max: 20 }), { freq: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(input, async ({ moves, fails, slow, forks, abort }) => {
      let paused = false
      let draws = 0
      const wrong: string[] = []
      let over = false
      let port: ControlPort | undefined
      const lost = new Set<string>()
      const roll = defineTask({
        name: 'roll',
        summary: 'Takes its time, and fails or does not.',
        args: z.strictObject({ host: z.string() }),
        example: 'roll:',
        probes: () => ({}),
        load: async ({ host }) => {
          if (paused) wrong.push(`${host} began while the run was paused`)
          for (let i = slow[draws % slow.length] as number; i > 0; i--) await turn()
        },
        check: () =>
          fails[draws++ % fails.length] && draws % 4 === 0
            ? { kind: 'refuse', reason: 'drawn', remedy: 'none' }
            : { kind: 'ok' },
      }) as unknown as Task
      const operator = async (): Promise<void> => {
        while (!port) await turn()
        for (const [n, [waits, asked]] of moves.entries()) {
          for (let i = waits; i >= 0; i--) await turn()
          const host = asked.command === 'retry' && n % 3 > 0 ? [...lost][0] : undefined
          port(n === abort ? { command: 'abort' } : host ? { command: 'retry', host } : asked, 'key')
        }
        while (!over) {
          await turn()
          port({ command: 'resume' }, 'key')
        }
      }
      const steering = operator()
      const run = await play({
        hosts: HOSTS,
        forks,
        plugins: [roll],
        playbook: PLAYBOOK,
        onEvent: (event, _, given) => {
          port = given
          if (event.type === 'paused') paused = event.paused
          if (event.type === 'interrupt') paused = false
          if (event.type === 'host_result' && event.status === 'refused') lost.add(event.host)
          if (event.type === 'host_steered') lost.delete(event.host)
        },
      })
      over = true
      await steering
      expect(wrong).toEqual([])
      judge(run.events)
    }),
    { numRuns: 60 },
  )
})

function judge(events: readonly EventBody[]): void {
  const state = events.reduce(
    (before, event) => fold(before, { v: 1, seq: 1, t: '', run: 'r', ...event } as RunEvent),
    emptyState(),
  )
  const stopped = state.interrupt > 0 || state.plays.some(({ brake }) => brake !== undefined)
  const well = HOSTS.filter((host) => state.hosts.get(host)?.status === 'idle')
  const ok = (host: string, step: number) =>
    events.filter((e) => e.type === 'host_result' && e.host === host && e.step === step && e.status === 'ok').length
  for (const host of HOSTS) {
    const { counts, status } = state.hosts.get(host) ?? { counts: undefined, status: undefined }
    const bad = (counts?.failed ?? 0) + (counts?.unreachable ?? 0)
    expect(bad).toBe(status === 'failed' ? 1 : 0)
    expect(counts?.leftOut ?? 0).toBe(status === 'left-out' ? 1 : 0)
    for (const step of STEPS) expect(ok(host, step)).toBeLessThanOrEqual(1)
    const mine = events.filter((e) => 'host' in e && e.host === host && e.type !== 'steering')
    const out = mine.findIndex((e) => e.type === 'host_steered' && e.state === 'left-out')
    if (out >= 0) expect(mine.slice(out + 1)).toEqual([])
    const retries = mine.filter((e) => e.type === 'host_steered' && e.state === 'retrying')
    expect(counts?.retried ?? 0).toBe(retries.length)
  }
  if (stopped) return
  for (const host of well) for (const step of STEPS) if (step !== ONCE) expect(ok(host, step)).toBe(1)
  for (const batch of [HOSTS.slice(0, 3), HOSTS.slice(3, 6), HOSTS.slice(6)]) {
    if (batch.some((host) => well.includes(host))) expect(batch.filter((host) => ok(host, ONCE) === 1)).toHaveLength(1)
  }
  const everyone = well.length === HOSTS.length
  expect(outcomeOf(state, { detailedExitcode: false, mode: 'apply' })).toBe(everyone ? 'done' : 'failed')
}
