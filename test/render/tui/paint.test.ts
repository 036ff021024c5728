import { expect, test } from 'vitest'
import { paint } from '../../../src/render/tui/paint.ts'

const spans = [
  { text: 'web1 ' },
  { text: 'failed', tone: 'failed', bold: true },
  { text: ' now', tone: 'plain' },
] as const

test('colour and weight around the part that has them, and no further', () => {
  expect(paint({ spans }, true)).toBe('web1 \x1b[31m\x1b[1mfailed\x1b[22m\x1b[39m now')
})

test('without colours weight is left', () => {
  expect(paint({ spans }, false)).toBe('web1 \x1b[1mfailed\x1b[22m now')
})

test('the row of the cursor is inverse and has no colour', () => {
  expect(paint({ spans, selected: true }, true)).toBe('\x1b[7mweb1 \x1b[1mfailed\x1b[22m now\x1b[27m')
})

test('an empty line stays one', () => {
  expect(paint({ spans: [] }, true)).toBe('')
})
