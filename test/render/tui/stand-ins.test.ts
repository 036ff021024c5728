import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StandIns } from '../../../src/render/tui/stand-ins.ts'

test('a character for each line, the same for equal ones; the lines take its place', () => {
  const standIns = new StandIns()
  const frame = ['one', 'two', 'one', '']
  const drawn = frame.map((line) => standIns.of(line))
  expect(drawn.every((character) => character.length === 1)).toBe(true)
  expect(drawn[2]).toBe(drawn[0])
  expect(new Set(drawn).size).toBe(3)
  expect(standIns.resolve(`\x1b[H${drawn.join('\x1b[0K\n')}`)).toBe('\x1b[Hone\x1b[0K\ntwo\x1b[0K\none\x1b[0K\n')
})

test('a line that is made of such characters itself stays as it is', () => {
  const standIns = new StandIns()
  const [one = '', evil = ''] = ['one', '\ue000\ue001 $& $1'].map((line) => standIns.of(line))
  expect(standIns.resolve(`${evil}${one}`)).toBe('\ue000\ue001 $& $1one')
})

test('however many lines were drawn before: a frame is what it is, and differs where the one before it differed', () => {
  const standIns = new StandIns()
  for (let row = 0; row < 6399; row++) standIns.of(`old ${row}`)
  const frames = fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 40 }), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(frames, (all) => {
      let before: { lines: readonly string[]; drawn: readonly string[] } | undefined
      for (const lines of all) {
        const drawn = lines.map((line) => standIns.of(line))
        expect(drawn.map((character) => standIns.resolve(character))).toEqual(lines)
        for (const [row, line] of lines.entries()) {
          if (before && row < before.lines.length) {
            expect(drawn[row] === before.drawn[row]).toBe(line === before.lines[row])
          }
        }
        before = { lines, drawn }
      }
    }),
  )
})
