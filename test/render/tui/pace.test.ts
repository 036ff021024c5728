import { describe, expect, test } from 'vitest'
import type { RunEvent, Status } from '../../../src/events/types.ts'
import { Pace } from '../../../src/render/tui/pace.ts'

const base = { v: 1, seq: 1, t: '2026-11-28T12:00:00.000Z', run: 'r' } as const
const at = { play: 0, batch: 0, step: 0, host: 'web1' } as const
const result = (status: Status): RunEvent => ({
  ...base,
  ...at,
  type: 'host_result',
  status,
  ms: 1,
})
const progress: RunEvent = { ...base, ...at, type: 'progress', line: 'package 7 of 90' }
const paused: RunEvent = { ...base, type: 'paused', paused: true, message: 'paused' }

describe('when frames are drawn', () => {
  let now = 0
  const pace = (lively = false) => {
    now = 0
    return new Pace(lively, () => now)
  }

  test('at the start and after a key everything is shown within an eighth of a second', () => {
    const one = pace()
    expect(one.until(progress)).toBe(125)
    now = 5001
    expect(one.until(progress)).toBe(1000)
    one.pressed()
    expect(one.until(progress)).toBe(125)
    now += 4999
    expect(one.until(progress)).toBe(125)
    now += 2
    expect(one.until(progress)).toBe(1000)
  })

  test('while nobody looks closely everyday news come once a second, what went wrong or was asked for at once', () => {
    const one = pace()
    now = 60_000
    expect(one.until(result('ok'))).toBe(1000)
    for (const status of ['failed', 'refused', 'unreachable', 'overdue'] as const) {
      expect(one.until(result(status))).toBe(125)
    }
    expect(one.until(paused)).toBe(125)
  })

  test('costly frames are further apart, a second at most', () => {
    const one = pace()
    one.drew(20)
    expect(one.until(paused)).toBe(500)
    one.drew(400)
    expect(one.until(paused)).toBe(1000)
  })

  test('a replay has no run to save for', () => {
    const one = pace(true)
    now = 60_000
    expect(one.until(progress)).toBe(125)
  })
})
