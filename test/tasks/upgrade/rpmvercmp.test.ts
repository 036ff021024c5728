import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareEvr, rpmvercmp } from '../../../src/tasks/upgrade/rpmvercmp.ts'

// a, b, what rpm says; each also the other way round.
const VECTORS: [string, string, -1 | 0 | 1][] = [
  ['1.0', '1.0', 0],
  ['1.0', '2.0', -1],
  ['2.0.1', '2.0', 1],
  ['2.0.1a', '2.0.1', 1],
  ['5.5p1', '5.5p2', -1],
  ['5.5p10', '5.5p1', 1],
  ['10xyz', '10.1xyz', -1],
  ['xyz10', 'xyz10.1', -1],
  ['xyz.4', '8', -1],
  ['xyz.4', '2', -1],
  ['5.5p2', '5.6p1', -1],
  ['6.0.rc1', '6.0', 1],
  ['10b2', '10a1', 1],
  ['1.0aa', '1.0aa', 0],
  ['1.0a', '1.0aa', -1],
  ['10.0001', '10.1', 0],
  ['10.0001', '10.0039', -1],
  ['4.999.9', '5.0', -1],
  ['20101121', '20101122', -1],
  ['2_0', '2.0', 0],
  ['a', 'a+', 0],
  ['+', '_', 0],
  ['1.0~rc1', '1.0', -1],
  ['1.0~rc1', '1.0~rc2', -1],
  ['1.0~rc1~git123', '1.0~rc1', -1],
  ['1.0^', '1.0', 1],
  ['1.0^git1', '1.01', -1],
  ['1.0^20160101', '1.0.1', -1],
  ['1.0^git1~pre', '1.0^git1', -1],
  ['1.0~rc1^git1', '1.0~rc1', 1],
  ['0004.18.0', '4.18.0', 0],
  ['4.18.0-553.el8_10', '4.18.0-553.16.1.el8_10', -1],
  ['99999999999999999998', '99999999999999999999', -1],
  ['', '1', -1],
]

test.each(VECTORS)('%s against %s', (a, b, order) => {
  expect(rpmvercmp(a, b)).toBe(order)
  expect(rpmvercmp(b, a)).toBe(order === 0 ? 0 : -order)
})

const version = fc.stringMatching(/^[a-c0-2.~^_-]{0,8}$/)

describe('an order', () => {
  test('is the same from both sides', () => {
    fc.assert(fc.property(version, version, (a, b) => rpmvercmp(a, b) + rpmvercmp(b, a) === 0))
  })

  test('is reflexive, and separators say nothing', () => {
    fc.assert(fc.property(version, (a) => rpmvercmp(a, a.replaceAll('.', '_')) === 0))
  })
})

const rpm = spawnSync('rpm', ['--eval', '%{lua: print(rpm.vercmp("1", "2"))}'], { encoding: 'utf8' })

test.skipIf(rpm.stdout?.trim() !== '-1')('says what rpm says', () => {
  // All in one call. rpm takes a dash for the start of the release, and refuses an empty version.
  const valid = fc.stringMatching(/^[a-c0-2][a-c0-2.~^_]{0,8}$/)
  const pairs = fc.sample(fc.tuple(valid, valid), { numRuns: 3000, seed: 7 })
  const calls = pairs.flatMap(([a, b]) => ['--eval', `%{lua: print(rpm.vercmp("${a}", "${b}"))}`])
  const { stdout } = spawnSync('rpm', calls, { encoding: 'utf8' })
  const theirs = stdout.split(/\s+/).filter(Boolean).map(Number)
  expect(theirs).toHaveLength(pairs.length)
  expect(pairs.map(([a, b]) => [a, b, rpmvercmp(a, b)])).toEqual(pairs.map(([a, b], at) => [a, b, theirs[at]]))
})

test('epoch before version before release', () => {
  const evr = (epoch: number, version: string, release: string) => ({ epoch, version, release })
  expect(compareEvr(evr(1, '1', '1'), evr(0, '9', '9'))).toBe(1)
  expect(compareEvr(evr(0, '1', '9'), evr(0, '2', '1'))).toBe(-1)
  expect(compareEvr(evr(0, '1', '1.el8'), evr(0, '1', '1.el8_1'))).toBe(-1)
})
