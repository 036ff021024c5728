import { expect, test } from 'vitest'
import { RehearsedClock } from '../../../src/cli/runs/rehearsed-clock.ts'

const START = Date.UTC(2026, 10, 28, 9, 0, 0)
const at = (ms: number) => ({ t: new Date(START + ms).toISOString() })

test('the clock of a watched rehearsal goes on from each event as fast as the hosts do, and never back', () => {
  let real = 0
  const clock = new RehearsedClock(100, () => real)
  const shown = () => clock.now() - START
  clock.reach(at(0))
  expect(shown()).toBe(0)
  real = 50
  expect(shown()).toBe(5_000)
  // The other machine fell behind: this clock waits for it.
  clock.reach(at(2_000))
  expect(shown()).toBe(5_000)
  real = 60
  expect(shown()).toBe(5_000)
  clock.reach(at(3_600_000))
  expect(shown()).toBe(3_600_000)
})

test('without a speed it stands where the last event was', () => {
  let real = 0
  const clock = new RehearsedClock(0, () => real)
  clock.reach(at(7_000))
  real = 9_000
  expect(clock.now() - START).toBe(7_000)
})
