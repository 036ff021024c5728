import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapePath, unitNameOf } from '../../../../src/tasks/upgrade/mounts/unit-name.ts'

describe('the name of a path in a unit', () => {
  // What systemd-escape --path prints.
  test.each([
    ['/', '-'],
    ['/var/lib', 'var-lib'],
    ['//var///lib/', 'var-lib'],
    ['/var/./lib', 'var-lib'],
    ['/srv/a b', 'srv-a\\x20b'],
    ['/srv/a-b', 'srv-a\\x2db'],
    ['/.hidden/.too', '\\x2ehidden-.too'],
    ['/dev/disk/by-uuid/1234-ABCD', 'dev-disk-by\\x2duuid-1234\\x2dABCD'],
    ['/dev/disk/by-label/a\\x20b', 'dev-disk-by\\x2dlabel-a\\x5cx20b'],
    ['/srv/grün', 'srv-gr\\xc3\\xbcn'],
    ['/srv/100%', 'srv-100\\x25'],
    ['/srv/a:b_c.d', 'srv-a:b_c.d'],
  ])('%s is %s', (path, name) => {
    expect(escapePath(path)).toBe(name)
  })

  test('paths that differ have names that differ, of characters that a unit may have', () => {
    const path = fc
      .array(
        fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
          .filter((part) => !/[/\0]/.test(part) && part !== '.'),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((parts) => `/${parts.join('/')}`)
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(escapePath(one)).toMatch(/^[A-Za-z0-9:_.\\-]+$/)
        expect(escapePath(one) === escapePath(other)).toBe(Buffer.from(one).equals(Buffer.from(other)))
        expect(unescaped(escapePath(one))).toBe(Buffer.from(one).toString())
      }),
    )
  })

  test('a name that systemd would refuse is none', () => {
    expect(unitNameOf(`/${'a'.repeat(249)}`, 'mount')).toHaveLength(255)
    expect(unitNameOf(`/${'a'.repeat(250)}`, 'mount')).toBeUndefined()
  })
})

function unescaped(name: string): string {
  const path = name
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return `/${Buffer.from(path, 'latin1').toString('utf8')}`
}
