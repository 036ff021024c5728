import { expect, test } from 'vitest'
import { journalProfile } from '../../../src/engine/rehearsal/journal-profile.ts'
import { profileOf } from '../../../src/engine/rehearsal/profile.ts'
import type { EventBody, HostResult, RunEvent } from '../../../src/events/types.ts'
import { rehearse } from './fleet.ts'

const started = (over: Partial<Extract<EventBody, { type: 'run_started' }>> = {}): EventBody => ({
  type: 'run_started',
  mode: 'apply',
  playbooks: [],
  version: '1',
  user: 'u',
  controller: 'c',
  forks: 1,
  diff: false,
  hosts: 1,
  ...over,
})
const play: EventBody = {
  type: 'play_started',
  play: 0,
  name: 'p',
  hosts: [],
  batches: 1,
  steps: [
    { name: 'Build the image', task: 'run_dracut' },
    { name: 'The upgrade', task: 'reboot_upgrade' },
  ],
}
const at = (step: number, host: string) => ({ play: 0, batch: 0, step, host })
const result = (step: number, host: string, over: Partial<HostResult>): EventBody =>
  ({ type: 'host_result', ...at(step, host), status: 'changed', ms: 0, ...over }) as EventBody
const journal = (...bodies: EventBody[]) =>
  bodies.map((body, i) => ({ v: 1, seq: i, t: '', run: 'past', ...body }) as RunEvent)

const PAST = journal(
  started(),
  play,
  { type: 'progress', ...at(0, 'a'), line: 'dracut: one' },
  { type: 'progress', ...at(0, 'b'), line: 'other' },
  { type: 'progress', ...at(0, 'a'), line: 'dracut: two' },
  result(0, 'a', { ms: 100_000, message: 'built' }),
  result(0, 'b', { ms: 120_000, message: 'built' }),
  result(0, 'c', { status: 'ok', ms: 400 }),
  result(0, 'd', { status: 'failed', ms: 9000, message: 'no space', remedy: 'make some' }),
  result(0, 'e', { status: 'skipped', ms: 1 }),
  { type: 'phase', ...at(1, 'a'), phase: 'arming', state: 'done', seconds: 5 },
  { type: 'phase', ...at(1, 'a'), phase: 'transaction', state: 'running', seconds: 5, n: 3, of: 212 },
  { type: 'phase', ...at(1, 'a'), phase: 'transaction', state: 'done', seconds: 300 },
  result(1, 'a', { ms: 310_000 }),
  { type: 'interrupt', level: 2, message: '' },
  result(1, 'b', { status: 'failed', ms: 1, message: 'cancelled' }),
)

test('durations, rates, words, lines and phases of a past run', () => {
  const profile = journalProfile(PAST, 'x')
  expect(profile.source).toBe('as in run past')
  expect(profileOf(profile, 'Build the image', 'run_dracut')).toEqual({
    seconds: { seen: [100, 120] },
    look: { seen: [0.4] },
    changed: 2 / 3,
    mishaps: { failed: { rate: 1 / 4, words: [{ message: 'no space', remedy: 'make some' }] } },
    lines: ['dracut: one', 'dracut: two'],
    says: ['built', 'built'],
  })
  expect(profileOf(profile, 'renamed', 'reboot_upgrade')).toMatchObject({
    seconds: { seen: [310] },
    mishaps: {},
    phases: { arming: 5, transaction: 300 },
    packages: 212,
  })
})

test('a rehearsal of it goes as the past run went', async () => {
  const { events } = await rehearse({ inventory: 'web[001:400],', profile: journalProfile(PAST, 'x'), forks: 400 })
  const builds = events.filter((event) => event.type === 'host_result' && event.step === 4)
  const share = (status: string) =>
    builds.filter((event) => event.type === 'host_result' && event.status === status).length / builds.length
  expect(share('failed')).toBeGreaterThan(0.18)
  expect(share('failed')).toBeLessThan(0.32)
  // Of those that went well, two of three had something to do.
  expect(share('changed') / (share('changed') + share('ok'))).toBeCloseTo(2 / 3, 1)
})

test.each([
  [journal(started({ mode: 'check' }), play), /was a check/],
  [journal(started({ rehearsal: 'words' }), play, result(0, 'a', {})), /was a rehearsal itself/],
  [journal(started(), play, result(0, 'a', { status: 'skipped' })), /no host came to the end of a step/],
  [journal(play), /does not begin with the start of a run/],
  [[], /does not begin with the start of a run/],
])('a journal without what is needed is refused', (events, expected) => {
  expect(() => journalProfile(events, 'x')).toThrow(expected)
})
