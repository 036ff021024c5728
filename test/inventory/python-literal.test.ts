import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TemplateText } from '../../src/expression/values.ts'
import { typeIniValue } from '../../src/inventory/ini-value.ts'
import { Warnings } from '../../src/inventory/warnings.ts'
import { python } from './model.ts'
import { located, plain } from './support.ts'

function typed(text: string) {
  const warnings = new Warnings()
  const raw = typeIniValue(located(text), 'vars', warnings)
  return { raw, value: plain(raw), warnings: warnings.list() }
}

describe('values without surprises', () => {
  test.each<[string, unknown]>([
    ['1', 1],
    ['-3', -3],
    ['1.5', 1.5],
    ['True', true],
    ['None', null],
    ['true', 'true'],
    ['no', 'no'],
    ['FALSE', 'FALSE'],
    ['null', 'null'],
    ['010', '010'],
    ['', ''],
    ["'5'", '5'],
    ['\'a\' "b"', 'ab'],
    ["r'\\n'", '\\n'],
    ["'\\x41\\u00e9\\101\\q'", 'AéA\\q'],
    ['[1, 2,]', [1, 2]],
    ['(1,2)', [1, 2]],
    ['()', []],
    ["{'a': [True], 2: None}", { a: [true], 2: null }],
    ['{1: {', '{1: {'],
    ['#lead', '#lead'],
    ['1.2.3', '1.2.3'],
    ['1 + 2', '1 + 2'],
    ["'open", "'open"],
    ['[1, __import__]', '[1, __import__]'],
  ])('%s', (text, value) => {
    expect(typed(text)).toMatchObject({ value, warnings: [] })
  })
})

describe('values that no longer read as they were written', () => {
  test.each<[string, unknown, RegExp]>([
    ['9.10', 9.1, /"9\.10" is read as the number 9\.1; to keep the text/],
    ['1e3', 1000, /read as the number 1000/],
    ['0x10', 16, /read as the number 16/],
    ['0o17', 15, /read as the number 15/],
    ['1_000', 1000, /read as the number 1000/],
    ['80,443', [80, 443], /"80,443" is read as the list \[80,443\]/],
    ['8080 # c', 8080, /read as 8080: what follows # was taken as a comment/],
    ["'q' # c", 'q', /read as "q": what follows #/],
    ['plain text # c', 'plain text # c', /the whole text "plain text # c"/],
    ['{1, 2}', '{1, 2}', /a Python set; kept as a string/],
    ['2j', '2j', /a Python complex number; kept as a string/],
    ["b'x'", "b'x'", /a Python bytes literal; kept as a string/],
    ['12345678901234567890', '12345678901234567890', /too large to hold exactly; kept as a string/],
    ['1e999', '1e999', /too large to hold; kept as a string/],
  ])('%s', (text, value, warning) => {
    const result = typed(text)
    expect(result.value).toEqual(value)
    expect(result.warnings).toEqual([expect.stringMatching(warning)])
  })
})

test('text with template marks is a template that knows its place, also inside lists', () => {
  const list = typed("['{{ a }}', 'b']").raw as readonly unknown[]
  expect(list[0]).toBeInstanceOf(TemplateText)
  expect((list[0] as TemplateText).origin.column).toBe(3)
  expect(list[1]).toBe('b')
  expect(typed('{{ 5 }}').raw).toBeInstanceOf(TemplateText)
})

test('deep nesting ends in a string, not in a stack overflow', () => {
  const deep = '['.repeat(100_000)
  expect(typed(deep).value).toBe(deep)
  expect(typed('['.repeat(150) + ']'.repeat(150)).value).toBeInstanceOf(Array)
})

test('a map called __proto__ is data', () => {
  const value = typed("{'__proto__': {'polluted': 1}}").raw
  expect(Object.keys(value as object)).toEqual(['__proto__'])
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('property: what Python prints is read back', () => {
  const json = fc.jsonValue({ noUnicodeString: false }).filter((value) => !/\d{16}/.test(JSON.stringify(value)))
  fc.assert(
    fc.property(json, (value) => {
      const text = python(value)
      fc.pre(!/\{[{%#]/.test(text) || typeof value === 'string')
      expect(typed(text).value).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
