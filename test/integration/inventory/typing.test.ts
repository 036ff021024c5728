import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Origin, SourceFile } from '../../../src/diagnostics/source.ts'
import { plainValue } from '../../../src/expression/yaml/plain.ts'
import { splitHostLine } from '../../../src/inventory/host-line.ts'
import { typeIniValue } from '../../../src/inventory/ini-value.ts'
import { Warnings } from '../../../src/inventory/warnings.ts'
import { plain } from '../../inventory/support.ts'
import { askAnsible } from './ansible.ts'

const VALUE_PARTS =
  `1 0 _ . e x j - + , ( ) [ ] { } : " ' \\ n r b u True False None # a é 0x1F 0o17 0b1 9.10 1_000 1e3 010 's' "t" '{{v}}' \\x41 \\N`
    .split(' ')
    .concat([' ', '  ', '\t', "'''", '"""'])

/** Well-formed literals, of which some get one character too much. */
const { literal } = fc.letrec<{ literal: string }>((tie) => {
  const space = fc.constantFrom('', ' ')
  const items = fc.array(tie('literal'), { maxLength: 3 }).map((list) => list.join(','))
  return {
    literal: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(
        '1',
        '-1',
        '+2.50',
        '.5',
        '1e3',
        '1_000',
        '0x1F',
        'True',
        'None',
        "'a'",
        '"b"',
        "r'\\n'",
        "'\\x41' 'b'",
        'word',
      ),
      fc.tuple(space, items, fc.constantFrom('', ',', ' ')).map(([a, b, c]) => `${a}[${b}${c}]`),
      fc.tuple(items, fc.constantFrom('', ',')).map(([b, c]) => `(${b}${c})`),
      fc
        .array(fc.tuple(fc.constantFrom("'k'", '2', 'True', "'l'", 'None', '1.5'), tie('literal')), { maxLength: 3 })
        .map((pairs) => `{${pairs.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
    ),
  }
})

test('values of random texts are typed as Ansible types them', () => {
  const part = fc.constantFrom(...VALUE_PARTS)
  const texts = fc
    .sample(fc.array(part, { minLength: 1, maxLength: 7 }), { seed: 20, numRuns: 20_000 })
    .map((parts) => parts.join('').trim())
    .concat(
      fc
        .sample(fc.tuple(literal, fc.constantFrom('', '', ',', ' # c', ')', '1', ' 2')), { seed: 23, numRuns: 10_000 })
        .map((parts) => parts.join('')),
    )
  const answers = askAnsible<unknown>(texts.map((text) => ({ ask: 'value', text })))
  let typed = 0
  texts.forEach((text, i) => {
    const warnings = new Warnings()
    const ours = plain(
      typeIniValue({ text, at: (from, to) => new Origin(new SourceFile('f', text), from, to) }, 'vars', warnings),
    )
    const theirs = answers[i]
    if (typeof ours !== 'string') typed++
    // What JSON can't hold (sets, bytes, complex numbers, huge integers) crashes Ansible or is lost in it; here it stays the text, with a warning.
    const unsupported = warnings.list().some((line) => line.includes('kept as a string'))
    if (theirs?.error !== undefined || unsupported) expect(ours, text).toBe(text)
    else expect(ours, text).toEqual(theirs?.ok)
  })
  expect(typed).toBeGreaterThan(5000)
})

const LINE_PARTS = `a b=1 = " ' \\ # x="1 2" y='z w' \\" \\' é {{ }}`.split(' ').concat([' ', ' ', '\t', ' #c'])

test('random host lines are split as Ansible splits them, except where # cuts a word', () => {
  const part = fc.constantFrom(...LINE_PARTS)
  const lines = fc
    .sample(fc.array(part, { minLength: 1, maxLength: 8 }), { seed: 21, numRuns: 10_000 })
    .map((parts) => parts.join('').trim())
  const answers = askAnsible<string[]>(lines.map((text) => ({ ask: 'words', text })))
  const seen = { same: 0, refused: 0, cut: 0 }
  lines.forEach((line, i) => {
    const theirs = answers[i]
    let ours: string[] | string
    try {
      ours = splitHostLine(line, new Origin(new SourceFile('f', line), 0)).map((word) => word.text)
    } catch (error) {
      ours = (error as Error).message
    }
    if (typeof ours !== 'string') {
      expect({ ok: ours }, line).toEqual(theirs)
      seen.same++
    } else if (ours.includes('"#" inside a word')) seen.cut++
    else {
      expect(theirs?.error, line).toMatch(/ValueError/)
      seen.refused++
    }
  })
  expect(Math.min(seen.same, seen.refused, seen.cut)).toBeGreaterThan(500)
})

const PLAIN_PARTS = '0 1 7 8 9 _ . + - e E x b o : 59 60 0x 0b 0o yes No ON null ~ True y n .inf .nan f'.split(' ')

test('plain scalars of YAML are typed as Ansible types them', () => {
  const texts = fc
    .sample(fc.array(fc.constantFrom(...PLAIN_PARTS), { minLength: 1, maxLength: 6 }), { seed: 26, numRuns: 20_000 })
    .map((parts) => parts.join(''))
  const answers = askAnsible<unknown>(texts.map((text) => ({ ask: 'yaml', text })))
  let typed = 0
  texts.forEach((text, i) => {
    const ours = plainValue(text)
    const theirs = answers[i]
    // Errors: syntax (": " and the like), dates and infinities, which JSON does not have; those stay the text.
    if (theirs?.error !== undefined || beyondExact(theirs?.ok)) return
    if (typeof ours !== 'string') typed++
    expect(ours, text).toEqual(theirs?.ok)
  })
  expect(typed).toBeGreaterThan(1500)
})

/** Integers that a double can't hold exactly: Python can, here they stay the text. */
function beyondExact(value: unknown): boolean {
  return typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value)
}
