import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interrupts } from '../../../src/engine/interrupts.ts'
import { ANY_TASK, BUILT_IN } from '../../../src/engine/rehearsal/built-in.ts'
import type { Profile, TaskProfile } from '../../../src/engine/rehearsal/profile.ts'
import type { RunEvent } from '../../../src/events/types.ts'
import { createPlainRenderer } from '../../../src/render/plain.ts'
import { defineTask } from '../../../src/tasks/contract.ts'
import { rehearse } from './fleet.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'upgrade-push-rehearsal-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function playbook(text: string): string {
  const file = path.join(dir, `${Math.random()}.yml`)
  writeFileSync(file, text)
  return file
}
function profile(others: Partial<TaskProfile>): Profile {
  return { source: 'a test', names: new Map(), tasks: new Map(), others: { ...ANY_TASK, ...others } }
}
const failing = (rate: number) => profile({ mishaps: { failed: { rate, words: [{ message: 'it broke' }] } } })
const statuses = (events: readonly RunEvent[], host: string) =>
  events.flatMap((event) => (event.type === 'host_result' && event.host === host ? [event.status] : []))

test('the same seed gives the same events, another seed others', async () => {
  const [one, again, other] = await Promise.all(
    [5, 5, 6].map((seed) => rehearse({ inventory: 'web[01:40],', seed, forks: 7 })),
  )
  expect(again?.events).toEqual(one?.events)
  expect(other?.events).not.toEqual(one?.events)
})

test('each host gets a result for each step until it fails, and every event is marked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 0.5 }), async (seed, rate) => {
      const { events } = await rehearse({ inventory: 'web[1:9],', seed, profile: failing(rate) })
      expect(events.every((event) => event.rehearsal)).toBe(true)
      const braked = events.some(({ type }) => type === 'brake')
      for (let i = 1; i <= 9; i++) {
        const found = statuses(events, `web${i}`)
        if (found.at(-1) === 'failed') expect(found.indexOf('failed')).toBe(found.length - 1)
        else if (!braked) expect(found).toHaveLength(7)
        expect(found.every((status) => ['ok', 'changed', 'failed'].includes(status))).toBe(true)
      }
      const intents = events.filter(({ type }) => type === 'intent').length
      expect(events.filter(({ type }) => type === 'outcome')).toHaveLength(intents)
    }),
    { numRuns: 10 },
  )
}, 120_000)

test('a brake stops it as it stops a real run', async () => {
  const file = playbook(
    '- hosts: all\n  gather_facts: false\n  serial: 10\n  max_fail_percentage: 10\n  tasks: [{ command: "true" }, { command: "true" }]\n',
  )
  const { events, exitCode } = await rehearse({ playbook: file, inventory: 'web[01:40],', profile: failing(0.5) })
  const brake = events.find((event) => event.type === 'brake')
  expect([exitCode, brake?.reason]).toEqual([2, expect.stringMatching(/^max_fail_percentage 10: \d of 10 hosts/)])
  expect(brake?.remaining.length).toBeGreaterThanOrEqual(30)
})

test('unreachable hosts are counted as such, whatever else failed', async () => {
  const down = profile({ mishaps: { unreachable: { rate: 1, words: [{ message: 'timed out' }] } } })
  const { events, exitCode } = await rehearse({ inventory: 'web1,', profile: down })
  expect([exitCode, statuses(events, 'web1')]).toEqual([4, ['unreachable']])
})

test('what no host is needed for is done, what only one could tell is said once', async () => {
  const file = playbook(`- hosts: all
  tasks:
    - set_fact: { size: "{{ 2 + 3 }}" }
    - set_fact: { release: "{{ ansible_distribution_major_version }}" }
    - command: make
      register: made
      changed_when: false
    - command: never
      when: size > 5
    - command: perhaps
      when: release == '8'
    - command: after
      when: made.rc == 0
    - command: surely
      when: made is not changed
    - fail: { msg: old }
      when: release == '7'
    - assert: { that: size == 5 }
    - command: each {{ item }}
      loop: [1, 2]
`)
  const { events, results } = await rehearse({ playbook: file, inventory: 'web[1:3],' })
  expect(results('web2').map(({ status }) => status)).toEqual(
    // biome-ignore format: one for each task, the gathering of facts first
    ['ok', 'ok', 'skipped', 'ok', 'skipped', 'changed', 'changed', 'changed', 'skipped', 'ok', 'changed'],
  )
  const told = events.flatMap((event) => (event.type === 'warning' ? [event.message.split(' (')[0]] : []))
  expect(told).toHaveLength(4)
  expect(
    events.some((event) => event.type === 'warning' && /when: release == '8' is taken as true/.test(event.message)),
  )
})

test('a check writes nothing and intends nothing; commands are skipped in it', async () => {
  const file = playbook(
    '- hosts: all\n  gather_facts: false\n  tasks: [{ command: x }, { file: { path: /a, state: directory } }]\n',
  )
  const { events } = await rehearse({ playbook: file, inventory: 'web1,', mode: 'check' })
  expect(statuses(events, 'web1')).toEqual(['skipped', 'changed'])
  expect(events.some(({ type }) => type === 'intent')).toBe(false)
})

test("a user's plugin is never asked for anything that runs on a host", async () => {
  const never = () => {
    throw new Error('the plugin was run')
  }
  const mine = defineTask({
    name: 'mine',
    summary: 'x',
    args: (await import('zod')).z.strictObject({}),
    example: '',
    load: never,
    probes: never,
    check: never,
    apply: never,
  })
  const file = playbook('- hosts: all\n  gather_facts: false\n  tasks: [{ mine: {} }]\n')
  const { events } = await rehearse({ playbook: file, inventory: 'web1,', plugins: [mine] })
  expect(statuses(events, 'web1')).toEqual(['changed'])
})

test('an upgrade goes through its phases, counts its packages, and an overdue host is waited for', async () => {
  const overdue = { overdue: { rate: 1, words: [{ message: 'overdue: nobody answers' }] } }
  const upgrade = { ...(BUILT_IN.tasks.get('reboot_upgrade') as TaskProfile), mishaps: {} }
  const file = playbook('- hosts: all\n  gather_facts: false\n  tasks: [{ reboot_upgrade: {} }]\n')
  const run = (mishaps: TaskProfile['mishaps']) =>
    rehearse({
      playbook: file,
      inventory: 'web1,',
      profile: { ...BUILT_IN, tasks: new Map([['reboot_upgrade', { ...upgrade, mishaps }]]) },
    })
  const good = (await run({})).events.filter((event) => event.type === 'phase')
  expect(good.filter(({ state }) => state === 'done').map(({ phase }) => phase)).toEqual(
    Object.keys(upgrade.phases ?? {}),
  )
  const counted = good.filter(({ phase, state }) => phase === 'transaction' && state === 'running')
  expect([counted[0]?.n, counted.at(-1)?.of]).toEqual([0, 480])
  const { events, exitCode, results } = await run(overdue)
  expect([exitCode, results('web1')[0]?.status]).toEqual([2, 'overdue'])
  expect(results('web1')[0]?.ms).toBeGreaterThan(7_200_000)
  expect(events.filter((event) => event.type === 'phase' && event.state === 'overdue').length).toBeGreaterThan(2)
})

test('Ctrl-C once: hosts finish their step and begin no other; twice: they are cut off in it', async () => {
  for (const [times, last] of [
    [1, 'changed'],
    [2, 'failed'],
  ] as const) {
    const interrupts = new Interrupts()
    const press = (event: RunEvent) => {
      if (event.type === 'progress' && interrupts.level === 0) for (let i = 0; i < times; i++) interrupts.raise()
    }
    const { events, exitCode } = await rehearse({ inventory: 'web1,', interrupts, sinks: [press], profile: quiet() })
    expect([exitCode, statuses(events, 'web1')]).toEqual([99, ['ok', 'changed', last]])
  }
})

test('a thousand hosts: a bounded number of events, and as many lines as a person can bear', async () => {
  let lines = 0
  const tally = (text: string) => {
    lines += text.split('\n').length - 1
  }
  const out = { isTTY: false, columns: undefined, write: (text: string) => tally(text) }
  let clock = 0
  const renderer = createPlainRenderer({ out, color: false, verbosity: 0, now: () => clock, pace: 300 })
  const start = Date.UTC(2026, 0, 1)
  const tell = (event: RunEvent) => {
    clock = Date.parse(event.t) - start
  }
  const { events } = await rehearse({
    forks: 100,
    sinks: [(event) => tell(event), renderer.sink],
  })
  renderer.close()
  expect(events.length).toBeGreaterThan(20_000)
  expect(events.length).toBeLessThan(60_000)
  // A line for each host and step, the recap, and little more: progress at the reader's pace.
  expect(lines).toBeLessThan(8_200)
}, 120_000)

/** The built-in profile without mishaps. */
function quiet(): Profile {
  const tasks = new Map([...BUILT_IN.tasks].map(([name, task]) => [name, { ...task, mishaps: {} }]))
  return { ...BUILT_IN, tasks }
}
