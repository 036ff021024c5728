import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lastLine, sanitise } from '../../src/remote/sanitise.ts'

it('leaves nothing that a terminal would obey (property)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(sanitise(text)).not.toMatch(/[^\P{C}\n\t]/u)
      expect(lastLine(text)).not.toMatch(/[^\P{C}\t]/u)
    }),
  )
})

it('keeps text, drops escapes, bounds length', () => {
  expect(sanitise('\x1b[31mred\x1b[0m\u202e\r\n\n\nnext €')).toBe('?[31mred?[0m?\nnext €')
  expect(sanitise('x'.repeat(1000), 10)).toBe('xxxxxxxxxx…')
  expect(lastLine('first\nsudo: sorry\n\n')).toBe('sudo: sorry')
})
