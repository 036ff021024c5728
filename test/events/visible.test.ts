import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visible, visibleJson, visibleLines } from '../../src/events/visible.ts'

test.each([
  ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['a\x07b\rc\nd', 'a\\x07b\\rc\\nd'],
  ['\x9b2J', '\\x9b2J'],
  ['user\u202Etxt.exe', 'user\\u202etxt.exe'],
  ['zero\u200bwidth', 'zero\\u200bwidth'],
  ['half \ud800 pair', 'half \\ud800 pair'],
  ['tab\tand grüße 漢 😀 stay', 'tab\tand grüße 漢 😀 stay'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown)
})

test('a long line is cut and says by how much', () => {
  expect(visible('x'.repeat(30), 10)).toBe('xxxxxxxxxx... (20 more characters)')
})

test('lines are split before escaping', () => {
  expect(visibleLines('one\r\ntwo\x1b\n')).toEqual(['one', 'two\\x1b'])
})

test('no text can carry a control character through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      expect(visible(text)).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
    }),
  )
})

test('JSON keeps its value while every unsafe character becomes an escape', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = visibleJson(JSON.stringify({ text }))
      expect(JSON.parse(json)).toEqual({ text })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      expect(json).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/)
    }),
  )
})
