import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches } from '../../src/plan/serial.ts'
import type { SerialSize } from '../../src/playbook/types.ts'

const hosts = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const sizes = (count: number, serial: SerialSize[]): number[] =>
  batches(hosts(count), serial).map((batch) => batch.length)

describe('batches', () => {
  it.each<[number, SerialSize[], number[]]>([
    [10, [], [10]],
    [10, [2], [2, 2, 2, 2, 2]],
    [10, ['20%'], [2, 2, 2, 2, 2]],
    [10, [1, 2, 3], [1, 2, 3, 3, 1]],
    [10, [1, '20%', -1], [1, 2, 7]],
    [3, ['20%'], [1, 1, 1]],
    [11, ['20%'], [2, 2, 2, 2, 2, 1]],
    [5, [0], [5]],
    [0, [3], []],
  ])('%i hosts by %j', (count, serial, expected) => expect(sizes(count, serial)).toEqual(expected))

  it('loses and repeats no host, and keeps their order', () => {
    const size = fc.oneof(
      fc.integer({ min: -2, max: 20 }),
      fc.integer({ min: 0, max: 150 }).map((n): SerialSize => `${n}%`),
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.array(size, { maxLength: 4 }), (count, serial) => {
        expect(batches(hosts(count), serial).flat()).toEqual(hosts(count))
      }),
    )
  })
})
