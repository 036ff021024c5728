import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { render } from '../../src/expression/index.ts'
import type { Value } from '../../src/expression/values.ts'
import { complaint, facts, rendered, template, value, variables } from './support.ts'

vi.setConfig({ testTimeout: 60_000 })

describe('nothing of JavaScript or Python can be reached', () => {
  const scope = facts({ s: 'text', l: [1], m: { k: 1 }, n: 5 })

  test.each([
    ...['s', 'l', 'm', 'n', "''", '[]', '{}', 'range(1)'].flatMap((object) =>
      [
        'constructor',
        'prototype',
        '__proto__',
        '__class__',
        '__mro__',
        'toString',
        'hasOwnProperty',
        '__defineGetter__',
        'length',
      ].map((name) => `${object}.${name}`),
    ),
    "m['constructor']['constructor']",
    "m['__pro' ~ 'to__']",
    "l['map']",
    "l | map(attribute='constructor') | list",
    "[m] | map(attribute='constructor.constructor') | list",
    "[m] | sort(attribute='__proto__')",
    "'constructor' | extract(m)",
    'globalThis',
    'process',
    'self',
    'config',
    'this',
    'require',
  ])('%s', (text) => {
    expect(() => value(text, scope)).toThrow(UserError)
    expect(value(`${text.startsWith('l |') || text.startsWith('[m]') ? 'nowhere' : text} is defined`, scope)).toBe(
      false,
    )
  })

  test.each([
    "m.constructor('return process')()",
    "s.constructor.constructor('return 1')()",
    'm.__proto__.x()',
    "''.__class__.__mro__[1].__subclasses__()",
    "range.constructor('return 1')()",
    'dict.mro()',
    "m.items.constructor('x')",
    "l.map('x')",
    's.at(0)',
    "'{0.constructor}'.format(s)",
    "'{0[constructor]}'.format(m)",
    "'{x.__class__}'.format(x=s)",
    "require('fs')",
    "eval('1')",
    "[1] | map('constructor') | list",
    '1 is constructor',
    '1 | __proto__',
    'self.__init__.__globals__',
    'cycler.__init__.__globals__.os',
  ])('%s', (text) => {
    expect(() => value(text, scope)).toThrow(UserError)
  })

  test('a key called __proto__ is a key like any other', () => {
    const result = value("{'__proto__': {'polluted': 1}, 'a': 1} | combine({'__proto__': {'x': 2}})") as {
      [key: string]: Value
    }
    expect(Object.getPrototypeOf(result)).toBeNull()
    expect(Object.keys(result)).toEqual(['__proto__', 'a'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(value('(\'{"__proto__": {"x": 1}}\' | from_json).x is defined')).toBe(false)
  })
})

describe('what a host sent is never a template', () => {
  test.each(['{{ 7 * 7 }}', '{% for x in y %}', '{{ secret }}', '{# gone #}', "{{ ''.constructor }}"])('%s', (text) => {
    const scope = facts({ host: { stdout: text, lines: [text] }, secret: 's3cret' })
    expect(rendered('{{ host.stdout }}', scope)).toBe(text)
    expect(rendered('<{{ host.stdout }}>', scope)).toBe(`<${text}>`)
    expect(rendered('{{ host.lines | first ~ "" }}', scope)).toBe(text)
    expect(render({ a: template('{{ host }}') }, scope)).toEqual({ a: { stdout: text, lines: [text] } })
    expect(rendered('{{ (host | to_json | from_json).stdout }}', scope)).toBe(text)
    expect(rendered("{{ ('a: ' ~ (host.stdout | to_json)) | from_yaml }}", scope)).toEqual({ a: text })
  })
})

describe('budgets', () => {
  test.each([
    ["'a' * 100000000", 'more than 16 MiB'],
    ['range(100000000)', 'more than a million elements'],
    ['[1] * 10000000', 'more than a million elements'],
    ["'%9999d' % 1 * 100000", 'more than 16 MiB'],
    ['2 ** 9999', 'too large to be exact'],
    ['range(999) | product(range(999), range(999)) | list', 'more than a million'],
    ["('a' * 40 ~ 'b') is search('^(a+)+$')", 'more than a second'],
  ])('%s: %s', (text, message) => {
    expect(complaint(() => value(text))).toContain(message)
  })

  test('loops', () => {
    const nested = '{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}'
    expect(complaint(() => rendered(nested))).toMatch(/takes too long|more than 16 MiB/)
  })

  test('a list that doubles itself', () => {
    const doubling = `{% set x = ['x'] %}${'{% set x = [x, x] %}'.repeat(60)}{{ x }}`
    expect(complaint(() => rendered(doubling))).toMatch(/takes too long|more than 16 MiB/)
  })

  test('deep data', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    expect(() => value('deep | from_json | string', facts({ deep }))).toThrow(UserError)
  })
})

describe('random text', () => {
  const pieces = fc.constantFrom(
    ...[
      'a',
      'b.c',
      "'x'",
      '1',
      '2.5',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '|',
      '~',
      '+',
      '-',
      '**',
      '//',
      '%',
      '==',
      '<',
      'in',
      'not',
      'is',
      'and',
      'or',
      'if',
      'else',
      'defined',
      'default',
      'map',
      'join',
      '.items()',
      '=',
      ' ',
      '\n',
      '"',
      '{{',
      '}}',
      '{%',
      '%}',
      '{#',
      '#}',
      'for',
      'set',
      'endfor',
      'raw',
      'é😀',
      '\\',
    ],
  )
  const soup = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(' ')),
    fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join('')),
  )
  const scope = variables({ a: [1, 2], b: { c: 'x' } })
  const fine = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      for (const { origin } of error.diagnostics) expect(origin?.line).toBeGreaterThan(0)
    }
  }

  test('an expression throws nothing but UserError', () => {
    fc.assert(
      fc.property(soup, (text) => fine(() => value(text, scope))),
      { numRuns: 2000 },
    )
  })

  test('a template throws nothing but UserError', () => {
    fc.assert(
      fc.property(soup, (text) => fine(() => rendered(`{{ a }}${text}`, scope))),
      { numRuns: 2000 },
    )
  })

  test('text without marks comes out as it went in', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('{')),
        (text) => {
          expect(rendered(`${text}{{ '' }}`)).toBe(text)
        },
      ),
    )
  })
})

describe('native types', () => {
  test('any value survives a lone expression, a variable, and JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (given) => {
        const data = JSON.parse(JSON.stringify(given)) as Value
        expect(rendered('{{ v }}', facts({ v: data }))).toEqual(data)
        expect(value('v | to_json | from_json == v', facts({ v: data }))).toBe(true)
        expect(
          rendered('{{ w }}', {
            lookup: (name) =>
              name === 'w' ? { kind: 'raw', raw: template('{{ v }}') } : { kind: 'value', value: data },
            names: () => [],
          }),
        ).toEqual(data)
      }),
    )
  })

  test('a text within a list prints as a Python literal that reads back', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }).filter((text) => !text.includes('{') && !text.includes('}')),
        (text) => {
          expect(value(String(rendered('{{ [t] }}{{ "" }}', facts({ t: text }))))).toEqual([text])
        },
      ),
    )
  })
})

describe('texts that a host could choose to keep us busy', () => {
  const long = 1024 * 1024
  const scope = facts({
    slashes: `${'/'.repeat(long)}a/`,
    dots: '.'.repeat(long),
    blanks: `1${' '.repeat(long)}!`,
    big: 'ab'.repeat(long),
  })

  test.each([
    'slashes | dirname | length',
    'slashes | basename | length',
    'dots | splitext | length',
    'blanks | human_to_bytes is defined',
    'blanks | trim | length',
    'blanks | int(0)',
    'blanks | split | length',
    'big[:100] | length',
    'big[-1]',
    'big | length',
    "blanks is search('\\\\s+$')",
    "blanks | regex_replace('\\\\s*!', '') | length",
  ])('%s', (text) => {
    try {
      value(text, scope)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
    }
  })

  test.each([
    'x | unique',
    'x | union([1])',
    '{"a": 1} | combine({"l": x}, list_merge="append_rp")',
    'x | to_yaml',
    'x | flatten | length',
    'x | to_json',
    'x | string',
  ])('a list that doubles itself: %s', (text) => {
    const doubling = `{% set x = ['x'] %}${'{% set x = [x, x] %}'.repeat(60)}`
    expect(() => rendered(`${doubling}{{ ${text} }}`)).toThrow(UserError)
  })

  test('deeply nested values have short identities', () => {
    const deep = `${'['.repeat(150)}1${']'.repeat(150)}`
    expect(value(`[${deep}, ${deep}] | unique | length`)).toBe(1)
  })
})
