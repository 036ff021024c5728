import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHostNames } from '../../src/inventory/host-name.ts'
import { errorOf, located } from './support.ts'

const read = (text: string) => readHostNames(located(text))

describe('ranges', () => {
  test.each<[string, readonly string[]]>([
    ['web[01:03].ex.com', ['web01.ex.com', 'web02.ex.com', 'web03.ex.com']],
    ['n[1:10:4]', ['n1', 'n5', 'n9']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['x[a:e:2]', ['xa', 'xc', 'xe']],
    ['x[y:B]', ['xy', 'xz', 'xA', 'xB']],
    ['x[:3]', ['x0', 'x1', 'x2', 'x3']],
    ['10.0.0.[1:2]', ['10.0.0.1', '10.0.0.2']],
    ['fe80::[a:c]', ['fe80::a', 'fe80::b', 'fe80::c']],
    ['[1:2][a:b]', ['1a', '1b', '2a', '2b']],
    ['m[08:12:2]-[x:z]', ['m08-x', 'm08-y', 'm08-z', 'm10-x', 'm10-y', 'm10-z', 'm12-x', 'm12-y', 'm12-z']],
  ])('%s', (text, names) => {
    expect(read(text)).toEqual({ names })
  })

  test.each([
    [
      'x[3:1]',
      'f:1:2: the range is reversed: no number goes from 3 up to 1\n 1 | x[3:1]\n   |  ^^^^^\n   = did you mean [1:3]?',
    ],
    ['x[c:a]', 'the range is reversed'],
    ['x[01:100]', '01 and 100 must have the same width'],
    ['x[1:]', 'the range has no end'],
    ['x[1:3:0]', 'the step "0" is not a positive number'],
    ['x[1]', 'a range is [begin:end] or [begin:end:step]'],
    ['x[a:3]', 'both ends must be numbers, or both single letters'],
    ['x[ab:cd]', 'both ends must be numbers, or both single letters'],
    ['x[1:2', '"[" is not closed'],
    ['x1:2]', '"]" without "["'],
    ['x[0:99999999]', 'more than 100000 hosts'],
    ['x[0:999][0:999]', 'more than 100000 hosts'],
  ])('%s is refused', (text, message) => {
    expect(errorOf(() => read(text))).toContain(message)
  })

  test('property: a numeric range is inclusive, padded and stepped', () => {
    const bounds = fc.record({
      first: fc.nat(500),
      count: fc.nat(50),
      step: fc.integer({ min: 1, max: 7 }),
      padded: fc.boolean(),
    })
    fc.assert(
      fc.property(bounds, ({ first, count, step, padded }) => {
        const last = first + count
        const show = (n: number) => (padded ? `0${String(n).padStart(4, '0')}` : String(n))
        const expected: string[] = []
        for (let n = first; n <= last; n += step) expected.push(`h${show(n)}.x`)
        expect(read(`h[${show(first)}:${show(last)}:${step}].x`).names).toEqual(expected)
      }),
    )
  })
})

describe('addresses and ports', () => {
  test.each<[string, string, number | undefined]>([
    ['host:22', 'host', 22],
    ['10.0.0.1:2222', '10.0.0.1', 2222],
    ['[2001:db8::1]:22', '2001:db8::1', 22],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4', undefined],
    ['fe80::1%eth0', 'fe80::1%eth0', undefined],
    ['u@h1', 'u@h1', undefined],
    ['a-b.3foo_bar.com:23', 'a-b.3foo_bar.com', 23],
  ])('%s', (text, name, port) => {
    expect(read(text)).toEqual(port === undefined ? { names: [name] } : { names: [name], port })
  })

  test('a port behind a range is every host’s', () => {
    expect(read('x[1:2]:2222')).toEqual({ names: ['x1', 'x2'], port: 2222 })
    expect(read('[2001:db8::[1:2]]:22')).toEqual({ names: ['2001:db8::1', '2001:db8::2'], port: 22 })
  })

  test.each([
    ['x:', 'neither a host name with a port nor an IPv6 address'],
    ['x:ssh', 'neither a host name with a port nor an IPv6 address'],
    ['x:0', '0 is not a port'],
    ['x:65536', '65536 is not a port'],
    ['---', '"---" is not a host name'],
    ['-oProxyCommand=x', 'is not a host name'],
    ['!web', 'is not a host name'],
    ['a b', 'is not a host name'],
    ['a\u001b[31m', '"[" is not closed'],
    ['a\u0007', 'is not a host name'],
    ['', 'a host needs a name'],
  ])('%j is refused', (text, message) => {
    expect(errorOf(() => read(text))).toContain(message)
  })
})
