import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NewestLine } from '../../src/remote/session/newestLine.ts'

const LONGEST = 2000

/** The lines of a text that have an end, each with the place where it ends. */
function ended(text: string): { line: string; end: number }[] {
  return [...text.matchAll(/([^\r\n]*)[\r\n]/g)].map(({ 1: line = '', index }) => ({ line, end: index + line.length }))
}

const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('\n', '\r\n', '\r', ' ', '\n\n\n', '\t\n', 'a\n', '\rb'),
  fc.integer({ min: 1990, max: 2010 }).map((length) => 'x'.repeat(length)),
)

it('tells of each piece the last line that it ends and that is not blank, however the stream is cut (property)', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
      (text, steps) => {
        // One byte for each character, so that places in the text are places in the stream.
        const bytes = Buffer.from(
          Buffer.from(text)
            .toString('latin1')
            .replaceAll(/[^\x20-\x7e\r\n\t]/g, '?'),
          'latin1',
        )
        const lines = ended(bytes.toString('latin1')).filter(({ line }) => line.trim() !== '')
        const newest = new NewestLine()
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const to = Math.min(bytes.length, at + (steps[n % steps.length] as number))
          const last = lines.findLast(({ end }) => end >= at && end < to)?.line
          const told = last && last.length > LONGEST ? `(a line of ${last.length} bytes)` : last
          expect(newest.take(bytes.subarray(at, to))).toBe(told)
          at = to
        }
      },
    ),
  )
})

it('puts characters together again that were cut apart', () => {
  const newest = new NewestLine()
  for (const byte of Buffer.from('größer €')) expect(newest.take(Buffer.from([byte]))).toBeUndefined()
  expect(newest.take(Buffer.from('\n'))).toBe('größer €')
})

it('takes bytes that are no text', () => {
  expect(new NewestLine().take(Buffer.from([0xff, 0xfe, 0, 0x1b, 10]))).toBe('\ufffd\ufffd\0\x1b')
})

it('keeps the beginning of an endless line only, and never shows a part of it', () => {
  const newest = new NewestLine()
  const before = process.memoryUsage().rss
  const part = Buffer.alloc(64 * 1024, 'x')
  for (let i = 0; i < 3000; i++) expect(newest.take(part)).toBeUndefined()
  expect(process.memoryUsage().rss - before).toBeLessThan(50e6)
  expect(newest.take(Buffer.from('\nnext\n'))).toBe('next')
  for (let i = 0; i < 3; i++) newest.take(part)
  expect(newest.take(Buffer.from('\n'))).toBe(`(a line of ${3 * part.length} bytes)`)
})

it.each([
  ['line ends', '\n'],
  ['blanks', ' '],
  ['short lines', 'a\n'],
  ['no line end', 'x'],
])('takes a flood of %s at no more than some nanoseconds a byte', (_what, text) => {
  const flood = Buffer.alloc(64 * 1024, text)
  const newest = new NewestLine()
  const begun = performance.now()
  for (let i = 0; i < 160; i++) newest.take(flood)
  expect((performance.now() - begun) / 10).toBeLessThan(200)
})
