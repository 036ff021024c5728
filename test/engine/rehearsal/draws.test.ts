import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawFate, PATIENCE_S } from '../../../src/engine/rehearsal/fate.ts'
import type { TaskProfile } from '../../../src/engine/rehearsal/profile.ts'
import { drawFor, oneOf, spreadAround } from '../../../src/engine/rehearsal/random.ts'

const TASK: TaskProfile = {
  seconds: { median: 100, spread: 1.5 },
  look: { median: 1, spread: 1.2 },
  changed: 1,
  mishaps: {},
  lines: [],
  says: [],
}
const fates = (profile: TaskProfile, acts: boolean, count = 4000) =>
  Array.from({ length: count }, (_, i) => drawFate(profile, acts, drawFor(7, `host${i}`)))

test('a draw depends on seed and name alone, and is between 0 and 1', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), (seed, name) => {
      const [one, other] = [drawFor(seed, name), drawFor(seed, name)]
      for (let i = 0; i < 5; i++) {
        const value = one()
        expect(value).toBe(other())
        expect(value >= 0 && value < 1).toBe(true)
      }
    }),
  )
  expect(drawFor(1, 'web1')()).not.toBe(drawFor(2, 'web1')())
  expect(drawFor(1, 'web1')()).not.toBe(drawFor(1, 'web2')())
})

test('half of the values lie below the median, two thirds within the spread', () => {
  const values = Array.from({ length: 4000 }, (_, i) => spreadAround(60, 1.5, drawFor(3, `host${i}`)))
  const share = (test: (value: number) => boolean) => values.filter(test).length / values.length
  expect(share((value) => value < 60)).toBeCloseTo(0.5, 1)
  expect(share((value) => value > 40 && value < 90)).toBeCloseTo(0.68, 1)
  expect(Math.max(...values)).toBeLessThanOrEqual(60 * 1.5 ** 3)
})

test('rates are kept, and each mishap ends as a real one does', () => {
  const words = [{ message: 'no space: {60-120} MiB are free' }]
  const mishap = (rate: number) => ({ rate, words })
  const profile: TaskProfile = {
    ...TASK,
    mishaps: { unreachable: mishap(0.1), refused: mishap(0.1), failed: mishap(0.1), overdue: mishap(0.1) },
  }
  const all = fates(profile, true)
  for (const end of ['unreachable', 'refused', 'failed', 'overdue'] as const) {
    expect(all.filter((fate) => fate.end === end).length / all.length).toBeCloseTo(0.1, 1)
  }
  expect(all.filter(({ end }) => end === 'changed').length / all.length).toBeCloseTo(0.6, 1)
  for (const fate of all) {
    if (fate.end === 'refused') expect(fate.seconds).toBe(fate.looking)
    if (fate.end === 'overdue') expect(fate.seconds).toBeGreaterThan(PATIENCE_S)
    if (fate.words) expect(fate.words.message).toMatch(/^no space: ([6-9]\d|1[01]\d|120) MiB are free$/)
  }
  const looked = fates(profile, false)
  expect(new Set(looked.map(({ end }) => end))).toEqual(new Set(['unreachable', 'refused', 'changed']))
  expect(Math.max(...looked.filter(({ end }) => end === 'changed').map(({ seconds }) => seconds))).toBeLessThan(3)
})

test('a rate that is changed changes nothing on the hosts that it does not meet', () => {
  const failing: TaskProfile = { ...TASK, mishaps: { failed: { rate: 0.2, words: [{ message: 'no' }] } } }
  const [before, after] = [fates(TASK, true, 500), fates(failing, true, 500)]
  after.forEach((fate, i) => {
    if (fate.end === 'changed') expect(fate.seconds).toBe(before[i]?.seconds)
  })
  expect(after.some(({ end }) => end === 'failed')).toBe(true)
})

test('what was seen is drawn as it was seen', () => {
  const seen = fates({ ...TASK, seconds: { seen: [3, 5] }, look: { seen: [0] } }, true, 200)
  expect(new Set(seen.map(({ seconds }) => seconds))).toEqual(new Set([3, 5]))
  expect(oneOf([], drawFor(1, 'x'))).toBeUndefined()
})
