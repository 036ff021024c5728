import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { widthOf } from '../../../src/render/tui/layout/width.ts'

test('what is not looked at closely has the width that it would have if it were', () => {
  const wrong: string[] = []
  for (let code = 0x20; code < 0xd800; code++) {
    const text = `a${String.fromCharCode(code)}b`
    if (widthOf(text) !== stringWidth(text)) wrong.push(code.toString(16))
  }
  expect(wrong).toEqual([])
})

test('in any company', () => {
  const character = fc.oneof(
    fc.constantFrom('a', '\u00a0', 'é', 'ж', '…', '─', '█', '\u0301', '\u200d', '\ufe0f', '日', '👩', '🇩', '🇪'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  )
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      expect(widthOf(characters.join(''))).toBe(stringWidth(characters.join('')))
    }),
  )
})
