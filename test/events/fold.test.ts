import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyState, fold, type RunState } from '../../src/events/fold.ts'
import { exitCodeOf, outcomeOf } from '../../src/events/outcome.ts'
import { recap } from '../../src/events/recap.ts'
import type { Counts, EventBody, HostResult, RunEvent, Status } from '../../src/events/types.ts'

const head = { v: 1, seq: 1, t: '2026-11-23T05:13:34.567Z', run: 'r' } as const
const ref = { play: 0, batch: 0, step: 0 }

function run(...bodies: EventBody[]): RunState {
  return bodies.reduce((state, body) => fold(state, { ...head, ...body } as RunEvent), emptyState())
}

function result(host: string, status: Status, more: Partial<HostResult> = {}): EventBody {
  return { type: 'host_result', host, status, ms: 1, ...ref, ...more }
}

const steps = [{ name: 'one', task: 'command' }]
const started: EventBody = { type: 'play_started', play: 0, name: 'p', hosts: ['a', 'b'], batches: 1, steps }

test('counts are those of Ansible: changed is ok too, ignored failures are ok and ignored', () => {
  const state = run(
    started,
    result('a', 'ok'),
    result('a', 'changed'),
    result('a', 'failed', { ignored: true }),
    result('a', 'skipped'),
    result('a', 'deferred'),
    result('b', 'refused', { message: 'no space' }),
  )
  const none = { ok: 0, changed: 0, deferred: 0, unreachable: 0, failed: 0, skipped: 0, ignored: 0 }
  expect(recap(state)).toEqual({
    a: { ...none, ok: 3, changed: 1, ignored: 1, skipped: 1, deferred: 1 },
    b: { ...none, failed: 1 },
  })
  expect(state.hosts.get('b')).toMatchObject({ status: 'failed', cause: 'no space' })
})

test("a loop's items are not counted, only the step", () => {
  const state = run(
    started,
    result('a', 'changed', { item: { label: 'x', index: 0 } }),
    result('a', 'changed', { item: { label: 'y', index: 1 } }),
    result('a', 'changed'),
  )
  expect(recap(state).a).toMatchObject({ ok: 1, changed: 1 })
})

test('an intent without an outcome stays open', () => {
  const intent: EventBody = { type: 'intent', host: 'a', task: 'copy', summary: 's', touches: [], spec: {}, ...ref }
  expect(run(started, intent).hosts.get('a')).toMatchObject({ openIntents: 1, status: 'working' })
  expect(run(started, intent, { type: 'outcome', host: 'a', ok: true, ...ref }).hosts.get('a')?.openIntents).toBe(0)
})

test('a host that failed is not made well by what comes later', () => {
  const state = run(
    started,
    result('a', 'failed'),
    { type: 'progress', host: 'a', line: 'x', ...ref },
    result('a', 'ok'),
  )
  expect(state.hosts.get('a')?.status).toBe('failed')
})

test('the second line of a step changes nothing: the state stays the very same', () => {
  const line: EventBody = { type: 'progress', host: 'a', line: 'x', ...ref }
  const first = run(started, line)
  expect(first.hosts.get('a')).toMatchObject({ status: 'working', current: ref })
  expect(fold(first, { ...head, ...line } as RunEvent)).toBe(first)
  const next = fold(first, { ...head, ...line, step: ref.step + 1 } as RunEvent)
  expect(next.hosts.get('a')?.current).toMatchObject({ step: ref.step + 1 })
})

test('a host is overdue while its phase is, works again, and stays overdue once it was given up', () => {
  const phase = (state: 'running' | 'overdue' | 'done'): EventBody => ({
    type: 'phase',
    host: 'a',
    phase: 'transaction',
    state,
    n: 3,
    of: 9,
    seconds: 70,
    ...ref,
  })
  const at = (...bodies: EventBody[]) => run(started, ...bodies).hosts.get('a')
  expect(at(phase('running'))).toMatchObject({
    status: 'working',
    phase: { phase: 'transaction', n: 3, of: 9, seconds: 70 },
  })
  expect(at(phase('running'), phase('overdue'))?.status).toBe('overdue')
  expect(at(phase('overdue'), phase('running'))?.status).toBe('working')
  expect(at(phase('overdue'), phase('done'))?.phase).toBeUndefined()
  expect(at(phase('overdue'), result('a', 'changed'))).toMatchObject({ status: 'idle', counts: { changed: 1 } })
  const given = at(phase('overdue'), result('a', 'overdue', { message: 'gone' }), phase('running'), result('a', 'ok'))
  expect(given).toMatchObject({ status: 'overdue', cause: 'gone', counts: { overdue: 1 } })
})

function steered(host: string, state: 'left-out' | 'retrying'): EventBody {
  return { type: 'host_steered', host, state, message: 'm', ...ref }
}

test('a host that begins again is at work, and its failures are gone from every count but their own', () => {
  const lost = run(started, result('a', 'ok'), result('a', 'overdue', { message: 'gone' }))
  const again = fold(lost, { ...head, ...steered('a', 'retrying') } as RunEvent).hosts.get('a')
  expect(again).toMatchObject({ status: 'working', counts: { ok: 1, failed: 0, unreachable: 0, retried: 1 } })
  expect(again?.counts.overdue).toBeUndefined()
  expect(again?.cause).toBeUndefined()
})

test('a host that is left out stays so', () => {
  const host = run(started, result('a', 'ok'), steered('a', 'left-out'), result('a', 'ok')).hosts.get('a')
  expect(host).toMatchObject({ status: 'left-out', counts: { ok: 2, leftOut: 1 } })
})

test('a run is paused until it goes on, or is being stopped', () => {
  const paused = (value: boolean): EventBody => ({ type: 'paused', paused: value, message: 'm' })
  expect(run(paused(true)).paused).toBe(true)
  expect(run(paused(true), paused(false)).paused).toBe(false)
  expect(run(paused(true), ctrlC).paused).toBe(false)
})

const brake: EventBody = { type: 'brake', play: 0, batch: 0, reason: 'too many', remaining: ['b'] }
const ctrlC: EventBody = { type: 'interrupt', level: 1, message: 'x' }

test.each([
  ['nothing wrong', [result('a', 'ok')], 'done', 0],
  ['changes without the option', [result('a', 'changed')], 'done', 0, { detailedExitcode: false }],
  ['changes in check mode', [result('a', 'changed')], 'pending', 3],
  ['a deferred step is a pending change', [result('a', 'deferred')], 'pending', 3],
  ['changes made by an apply', [result('a', 'changed')], 'done', 0, { mode: 'apply' as const }],
  ['ignored failure', [result('a', 'failed', { ignored: true })], 'done', 0],
  ['failed wins over pending', [result('a', 'changed'), result('b', 'refused')], 'failed', 2],
  ['a brake is no success', [brake], 'failed', 2],
  ['unreachable wins over failed', [result('a', 'failed'), result('b', 'unreachable')], 'unreachable', 4],
  ['an overdue host is no success', [result('a', 'overdue')], 'failed', 2],
  ['an overdue host is none that can be ignored', [result('a', 'overdue', { ignored: true })], 'failed', 2],
  ['a host that the operator left out is no success', [result('a', 'ok'), steered('b', 'left-out')], 'failed', 2],
  ['a failure that was tried again counts no more', [result('a', 'failed'), steered('a', 'retrying')], 'done', 0],
  ['one that failed again does', [result('a', 'failed'), steered('a', 'retrying'), result('a', 'failed')], 'failed', 2],
  ['nor does a lost connection', [result('a', 'unreachable'), steered('a', 'retrying'), result('a', 'ok')], 'done', 0],
  ['aborted wins over all', [result('b', 'unreachable'), ctrlC], 'aborted', 99],
] as const)('outcome: %s', (_, events, outcome, code, options = undefined) => {
  const state = run(started, ...(events as readonly EventBody[]))
  const found = outcomeOf(state, { detailedExitcode: true, mode: 'check', ...(options ?? {}) })
  expect([found, exitCodeOf(found)]).toEqual([outcome, code])
})

test('counts stay consistent however often hosts begin again or are left out', () => {
  const status = fc.constantFrom<Status>('ok', 'changed', 'failed', 'refused', 'unreachable', 'overdue', 'skipped')
  const move = fc.oneof(status, fc.constantFrom('retrying' as const, 'left-out' as const))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), move)), (moves) => {
      // The plain model: what is lost since the host last began, what went well in all.
      const model = new Map<string, { lost: number; well: number; retried: number; out: boolean }>()
      let state = run(started)
      for (const [host, one] of moves) {
        const told = model.get(host) ?? { lost: 0, well: 0, retried: 0, out: false }
        model.set(host, told)
        if (one === 'retrying') Object.assign(told, { lost: 0, retried: told.retried + 1 })
        else if (one === 'left-out') told.out = true
        else if (['ok', 'changed', 'skipped'].includes(one)) told.well++
        else told.lost++
        const event = one === 'retrying' || one === 'left-out' ? steered(host, one) : result(host, one)
        state = fold(state, { ...head, ...event } as RunEvent)
      }
      const counts = recap(state)
      for (const [host, { lost, well, retried, out }] of model) {
        const c = counts[host] as Counts
        expect(c.failed + c.unreachable + (c.overdue ?? 0)).toBe(lost)
        expect(c.ok + c.skipped).toBe(well)
        expect([c.retried ?? 0, c.leftOut ?? 0]).toEqual([retried, out ? 1 : 0])
        expect(Object.values(c).every((count) => count === undefined || count >= 0)).toBe(true)
      }
      const bad = [...model.values()].some(({ lost, out }) => lost > 0 || out)
      expect(outcomeOf(state, { detailedExitcode: false, mode: 'apply' }) === 'done').toBe(!bad)
    }),
  )
})

test('the fold leaves the old state as it was, and counts every result once', () => {
  const status = fc.constantFrom<Status>(
    'ok',
    'changed',
    'deferred',
    'skipped',
    'failed',
    'refused',
    'unreachable',
    'overdue',
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), status)), (results) => {
      let state = run(started)
      for (const [host, one] of results) {
        const before = JSON.stringify(recap(state))
        const next = fold(state, { ...head, ...result(host, one) } as RunEvent)
        expect(JSON.stringify(recap(state))).toBe(before)
        state = next
      }
      const total = Object.values(recap(state)).reduce(
        (sum, c) => sum + c.ok + c.deferred + c.skipped + c.failed + c.unreachable + (c.overdue ?? 0),
        0,
      )
      expect(total).toBe(results.length)
    }),
  )
})
