import { describe, expect, test } from 'vitest'
import { complaint, facts, value } from './support.ts'

const scope = facts({
  release: '8.10',
  memory: 3584,
  disks: [
    { name: 'vda', size: 20 },
    { name: 'vdb', size: 100, tags: ['data'] },
  ],
  boot: { free: 312, path: '/boot', loader: { kind: 'bls' } },
  empty: '',
  nothing: null,
  odd: { 'a-b': 1, '7': 'seven', items: 'own key' },
})

describe('operators', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ** 3 ** 2', 64],
    ['-2 ** 2', 4],
    ['-3 | abs', 3],
    ['7 / 2', 3.5],
    ['7 // 2', 3],
    ['-7 // 2', -4],
    ['-7 % 3', 2],
    ['7 % -3', -2],
    ["'a' ~ 1 ~ none ~ true", 'a1NoneTrue'],
    ["1 + 1 ~ '!'", undefined],
    ["'ab' * 3", 'ababab'],
    ['[1] * 2 + [3]', [1, 1, 3]],
    ['true + 1', 2],
    ["'%s-%03d' % ('x', 7)", 'x-007'],
    ['0x1f + 0b11 + 0o17 + 1_000', 1049],
    ['1.5e3', 1500],
    ["'tab\\there'", 'tab\there'],
    ["'\\d+'", '\\d+'],
    ["'one' 'two'", 'onetwo'],
  ])('%s', (text, expected) => {
    if (expected === undefined) expect(complaint(() => value(text))).toContain("can't take")
    else expect(value(text)).toEqual(expected)
  })
})

describe('comparison and logic', () => {
  test.each([
    ['1 < 2 < 3', true],
    ['1 < 2 > 5', false],
    ["'10' < '9'", true],
    ['1 == 1.0', true],
    ['1 == true', true],
    ["1 == '1'", false],
    ["[1, {'a': 2}] == [1, {'a': 2}]", true],
    ["'a' in 'cat'", true],
    ["'x' not in ['x', 'y']", false],
    ["'path' in boot", true],
    ['1 in [true]', true],
    ['not 1 == 2', true],
    ["'' or 'fallback'", 'fallback'],
    ["'first' and 'second'", 'second'],
    ['false and undefined_name', false],
    ["'big' if memory > 1500 else 'small'", 'big'],
    ['[1, 2] < [1, 3]', true],
  ])('%s', (text, expected) => {
    expect(value(text, scope)).toEqual(expected)
  })

  test('what can not be ordered says so', () => {
    expect(complaint(() => value("memory > '1500'", scope))).toMatch(/can't order an integer and a string[\s\S]*\| int/)
  })
})

describe('lookups', () => {
  test.each([
    ['boot.loader.kind', 'bls'],
    ["boot['path']", '/boot'],
    ['disks[1].tags[0]', 'data'],
    ['disks[-1].name', 'vdb'],
    ['disks.0.name', 'vda'],
    ["odd['a-b']", 1],
    ['odd[7]', 'seven'],
    ['odd.items', 'own key'],
    ["'abcdef'[1:4]", 'bcd'],
    ["'abcdef'[::-2]", 'fdb'],
    ['[1, 2, 3, 4][-2:]', [3, 4]],
    ["'naïve😀'[-1]", '😀'],
    ['{"a": [1, 2]}.a[1]', 2],
    ['range(4)[1:]', [1, 2, 3]],
  ])('%s', (text, expected) => {
    expect(value(text, scope)).toEqual(expected)
  })
})

describe('methods', () => {
  test.each([
    ["'a,b,c'.split(',', 1)", ['a', 'b,c']],
    ["'  a b  '.split()", ['a', 'b']],
    ["'xxaxx'.strip('x')", 'a'],
    ["'kernel-5.14'.startswith(('vmlinuz', 'kernel'))", true],
    ["'{}-{name:>4}-{0!x}'", '{}-{name:>4}-{0!x}'],
    ["'{}:{:03d}:{name:>4}'.format('a', 7, name='b')", 'a:007:   b'],
    ["'-'.join(['a', 'b'])", 'a-b'],
    ['boot.items() | length', 3],
    ["boot.get('free')", 312],
    ["boot.get('used', 0)", 0],
    ['boot.keys() | list', ['free', 'path', 'loader']],
    ["'7'.zfill(3)", '007'],
  ])('%s', (text, expected) => {
    expect(value(text, scope)).toEqual(expected)
  })

  test('others do not exist', () => {
    expect(complaint(() => value("'a'.trimm()"))).toContain('a string has no method "trimm"')
    expect(complaint(() => value('boot.update({})', scope))).toContain('has no method')
  })
})

describe('tests', () => {
  test.each([
    ['boot is mapping', true],
    ['disks is sequence and disks is iterable', true],
    ['memory is number', true],
    ['release is string', true],
    ['nothing is none', true],
    ['nowhere is undefined', true],
    ['nowhere.below.that is not defined', true],
    ['boot.nowhere is defined', false],
    ["release is version('8.9', '>=')", true],
    ["release is version('8.10', '<')", false],
    ["'1.0.0-rc.1' is version('1.0.0', 'lt', version_type='semver')", true],
    ["release is match('\\\\d+')", true],
    ["release is match('10')", false],
    ["release is search('10')", true],
    ["release is regex('^8\\\\.(?P<minor>\\\\d+)$')", true],
    ['memory is divisibleby 7', true],
    ['3 is odd', true],
    ['-3 is odd', true],
    ['1 is in [1, 2]', true],
    ['[1, 2] is contains 2', true],
    ['[1] is subset([1, 2])', true],
    ["{'failed': false, 'changed': true} is succeeded", true],
    ["{'failed': false, 'changed': true} is changed", true],
    ["{'failed': true} is failed", true],
    ["{'skipped': true} is skipped", true],
    ['1 is not even', true],
  ])('%s', (text, expected) => {
    expect(value(text, scope)).toBe(expected)
  })

  test('a result test refuses what is no result', () => {
    expect(complaint(() => value('boot is failed', scope))).toContain('registered result')
  })
})
