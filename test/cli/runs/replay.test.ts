import { expect, test } from 'vitest'
import { onlyHost } from '../../../src/cli/runs/one-host.ts'
import { Pace } from '../../../src/cli/runs/pace.ts'
import { parseSpeed } from '../../../src/cli/runs/speed.ts'
import type { EventBody, RunEvent } from '../../../src/events/types.ts'

function at(seconds: number, body: EventBody = { type: 'warning', message: 'x' }): RunEvent {
  return { v: 1, seq: 1, t: new Date(Date.UTC(2026, 10, 23) + seconds * 1000).toISOString(), run: 'r', ...body }
}

test.each([
  ['max', Number.POSITIVE_INFINITY],
  ['0', Number.POSITIVE_INFINITY],
  ['0.5', 0.5],
  ['60', 60],
])('--speed %s', (text, speed) => expect(parseSpeed(text)).toBe(speed))

test.each(['', 'fast', '-1', 'NaN', 'Infinity', '1e9'])('--speed %j is none', (text) => {
  expect(() => parseSpeed(text)).toThrow(/--speed: .* is no speed\n/)
})

test('the clock is the run’s own, and silence ticks as it did', async () => {
  const ticks: number[] = []
  const pace: Pace = new Pace(Number.POSITIVE_INFINITY, { tick: () => ticks.push(pace.now()) })
  await pace.reach(at(0))
  const begin = pace.now()
  await pace.reach(at(12))
  expect(pace.now() - begin).toBe(12_000)
  expect(ticks.map((time) => time - begin)).toEqual([5_000, 10_000])
  await pace.reach(at(11))
  expect(pace.now() - begin).toBe(12_000)
})

test('a speed of 60 lets 24 s pass in 0.4 s, with a clock that goes on meanwhile', async () => {
  const pace = new Pace(60)
  await pace.reach(at(0))
  const [began, first] = [performance.now(), pace.now()]
  const waited = pace.reach(at(24))
  await new Promise((resolve) => setTimeout(resolve, 50))
  const meanwhile = pace.now() - first
  expect(meanwhile).toBeGreaterThan(0)
  expect(meanwhile).toBeLessThanOrEqual(24_000)
  await waited
  expect(performance.now() - began).toBeGreaterThan(380)
  expect(pace.now() - first).toBe(24_000)
})

test('who leaves does not wait for the rest', async () => {
  const left = new AbortController()
  const pace = new Pace(0.01, { signal: left.signal })
  await pace.reach(at(0))
  const waited = pace.reach(at(3600))
  left.abort()
  await waited
})

test('one host of a run', () => {
  const step = { play: 0, batch: 0, step: 0 }
  const kept = (body: EventBody) => onlyHost(at(0, body), 'a')
  expect(kept({ ...step, type: 'progress', host: 'b', line: 'x' })).toBeUndefined()
  expect(kept({ ...step, type: 'progress', host: 'a', line: 'x' })).toBeDefined()
  expect(kept({ ...step, type: 'task_started', name: 'n', task: 't', hosts: ['b', 'a'] })).toMatchObject({
    hosts: ['a'],
  })
  expect(kept({ ...step, type: 'task_started', name: 'n', task: 't', hosts: ['b'] })).toBeUndefined()
  expect(kept({ type: 'warning', message: 'for all' })).toBeDefined()
  expect(kept({ type: 'warning', message: 'x', host: 'b' })).toBeUndefined()
})
