import { expect, test } from 'vitest'
import { type RealTime, ScaledClock } from '../../../src/engine/rehearsal/clock.ts'

const never = new AbortController().signal

/** A real time that passes only where somebody waits for it, and `slow` more milliseconds with each wait. */
function machine(slow = 0): RealTime & { pass(ms: number): void } {
  let now = 1000
  return {
    now: () => now,
    pass: (ms) => {
      now += ms
    },
    after: (ms, call) => {
      now += ms + slow
      setImmediate(call)
    },
  }
}

test('sleepers wake in the order of their times, each when the one before has done what it does', async () => {
  const clock = new ScaledClock(Number.POSITIVE_INFINITY)
  const heard: string[] = []
  const host = async (name: string, ...naps: number[]): Promise<void> => {
    for (const ms of naps) {
      await clock.sleep(ms, never)
      await Promise.resolve()
      heard.push(`${name} ${clock.now()}`)
    }
  }
  await Promise.all([host('a', 10, 10, 10), host('b', 5, 20), host('c', 25)])
  expect(heard).toEqual(['b 5', 'a 10', 'a 20', 'c 25', 'b 25', 'a 30'])
})

test('goes so many times as fast as the real time', async () => {
  const real = machine()
  const clock = new ScaledClock(60, real)
  await clock.sleep(60_000, never)
  expect([clock.now(), real.now() - 1000, clock.kept]).toEqual([60_000, 1000, 60])
})

test('on a machine that is too slow it falls behind, leaves nothing out and says so', async () => {
  const real = machine(900)
  const clock = new ScaledClock(1000, real)
  for (let i = 0; i < 10; i++) await clock.sleep(50_000, never)
  expect(clock.now()).toBe(500_000)
  expect(clock.kept).toBeLessThan(400)
})

test('who is cancelled stops sleeping at once, and nobody else does', async () => {
  const clock = new ScaledClock(Number.POSITIVE_INFINITY)
  const cancel = new AbortController()
  const cancelled = clock.sleep(1000, cancel.signal)
  const other = clock.sleep(500, never)
  cancel.abort(new Error('cancelled'))
  await expect(cancelled).rejects.toThrow('cancelled')
  await expect(clock.sleep(1, cancel.signal)).rejects.toThrow('cancelled')
  await other
  expect(clock.now()).toBe(500)
})

test('what a display shows moves on between two moments and never past the next', async () => {
  const real = machine()
  const clock = new ScaledClock(10, real)
  const sleeping = clock.sleep(10_000, never)
  real.pass(100)
  expect([clock.now(), clock.shown()]).toEqual([0, 1000])
  real.pass(5000)
  expect(clock.shown()).toBe(10_000)
  await sleeping
})

test('time that a pause of the run takes passes on the hosts too, and counts as no slowness', async () => {
  const real = machine()
  const clock = new ScaledClock(10, real)
  await clock.sleep(1000, never)
  await new Promise((resolve) => setImmediate(resolve))
  real.pass(60_000)
  expect(clock.now()).toBe(601_000)
  await clock.sleep(1000, never)
  expect([clock.now(), clock.kept]).toEqual([602_000, 10])
})

test('before anybody sleeps no time passes, however slow the start', async () => {
  const real = machine()
  const clock = new ScaledClock(20_000, real)
  real.pass(3000)
  expect([clock.now(), clock.shown()]).toEqual([0, 0])
  await clock.sleep(500, never)
  expect([clock.now(), clock.kept]).toEqual([500, 20_000])
})
