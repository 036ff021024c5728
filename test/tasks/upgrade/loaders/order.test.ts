import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBlsEntry } from '../../../../src/tasks/upgrade/loaders/bls-entry.ts'
import { globMatches } from '../../../../src/tasks/upgrade/loaders/glob.ts'
import { grubOrder, systemdBootOrder, versionOrder } from '../../../../src/tasks/upgrade/loaders/version-order.ts'

const entry = (file: string, ...lines: string[]) => parseBlsEntry(file, lines.join('\n'))
const names = (entries: ReturnType<typeof entry>[], order: typeof grubOrder) =>
  [...entries].sort(order).map(({ id }) => id)

// From the examples of the Version Format Specification, lowest first.
test('versions in the specification’s order', () => {
  const sorted = [
    '',
    '~',
    '~rc1',
    '122.1',
    '123~rc1-1',
    '123',
    '123-a',
    '123-a.1',
    '123-1',
    '123-1.1',
    '123^post1',
    '123.a-1',
    '123.1-1',
  ]
  for (const [at, low] of sorted.entries()) {
    for (const high of sorted.slice(at + 1)) {
      if (low === '' || low.startsWith('~')) continue
      expect([low, high, versionOrder(low, high)]).toEqual([low, high, -1])
    }
  }
  expect(versionOrder('~rc1', '')).toBe(-1)
  expect(versionOrder('124-1', '123a-1')).toBe(1)
  expect(versionOrder('123_aa2', '123_aa10')).toBe(-1)
})

test('an order is the same from both sides', () => {
  const version = fc.stringMatching(/^[ab01.~^_-]{0,8}$/)
  fc.assert(fc.property(version, version, (a, b) => versionOrder(a, b) + versionOrder(b, a) === 0))
})

test('systemd-boot: keys before names, new before old, bad ones last', () => {
  const entries = [
    entry('upgrade-push.conf', 'sort-key zz-upgrade-push'),
    entry('b.conf', 'sort-key labos', 'version 5.1'),
    entry('a.conf', 'sort-key labos', 'version 5.10'),
    entry('zzz.conf'),
    entry('new+0-3.conf', 'sort-key aaa'),
  ]
  expect(names(entries, systemdBootOrder)).toEqual(['a', 'b', 'upgrade-push', 'zzz', 'new'])
})

test('GRUB: newest name first', () => {
  expect(names([entry('m-4.9.conf'), entry('m-4.18.conf'), entry('upgrade-push.conf')], grubOrder)).toEqual([
    'upgrade-push',
    'm-4.18',
    'm-4.9',
  ])
})

test('patterns of loader.conf', () => {
  expect(globMatches('labos-*', 'labos-6.1.conf')).toBe(true)
  expect(globMatches('LABOS-6.?.conf', 'labos-6.1.conf')).toBe(true)
  expect(globMatches('labos-[!0-5]*', 'labos-6.1')).toBe(true)
  expect(globMatches('labos-6.1', 'labos-6x1')).toBe(false)
  fc.assert(fc.property(fc.string(), (text) => typeof globMatches(text, 'x') === 'boolean'))
})
