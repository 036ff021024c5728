import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineFileError, parseLines, renderLines } from '../../../../src/tasks/upgrade/finish/line-files.ts'

const printable = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a line can't hold
  .filter((text) => text.trim() === text && text !== '' && !/[\x00-\x1f\x7f]/.test(text))

describe('line files', () => {
  test('what is written is what is read', () => {
    fc.assert(
      fc.property(fc.array(printable), (values) => {
        expect(parseLines(renderLines('things', values))).toEqual(values)
      }),
    )
  })

  test.each(['dash', 'bash'])('what is written is what %s reads', (shell) => {
    fc.assert(
      fc.property(fc.array(printable, { maxLength: 50 }), (values) => {
        const script = 'while IFS= read -r value; do printf "%s\\0" "$value"; done'
        const { stdout } = spawnSync(shell, ['-c', script], { input: renderLines('things', values), encoding: 'utf8' })
        expect(stdout.split('\0').slice(0, -1)).toEqual(values)
      }),
      { numRuns: 10 },
    )
  })

  test('a value that would become two, or another one, is refused by name', () => {
    const odd = fc.oneof(
      fc
        .tuple(printable, fc.constantFrom('\n', '\r', '\t', '\0', '\x1b', '\x7f'), printable)
        .map((parts) => parts.join('')),
      fc.constantFrom('', ' ', ' a', 'a ', '\n'),
    )
    fc.assert(
      fc.property(fc.array(printable), odd, (values, wrong) => {
        expect(() => renderLines('files to include', [...values, wrong])).toThrow(LineFileError)
        expect(() => renderLines('files to include', [wrong])).toThrow(JSON.stringify(wrong))
      }),
    )
  })
})
