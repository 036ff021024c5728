import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Origin, SourceFile } from '../../src/diagnostics/source.ts'
import { splitHostLine } from '../../src/inventory/host-line.ts'
import { errorOf } from './support.ts'

const split = (line: string) => splitHostLine(line, new Origin(new SourceFile('f', line), 0))
const words = (line: string) => split(line).map((word) => word.text)

test.each<[string, readonly string[]]>([
  ['a b=1', ['a', 'b=1']],
  ['a   b="x y"\tc=\'z "q"\'', ['a', 'b=x y', 'c=z "q"']],
  ['a b="x \\" \\n"', ['a', 'b=x " \\n']],
  ['a b=x\\ y', ['a', 'b=x y']],
  ["a b='\\'", ['a', 'b=\\']],
  ['a # b=1', ['a']],
  ['a b="#"', ['a', 'b=#']],
  ['a b=\\#', ['a', 'b=#']],
  ['a ""', ['a', '']],
])('%s', (line, expected) => {
  expect(words(line)).toEqual(expected)
})

test.each([
  ['m=a#b n=1', '"#" inside a word: Ansible would read "m=a" and drop "#b n=1"', 4],
  ['m="a"#b', '"#" inside a word', 6],
  ['m="a b', 'the quote " is not closed', 3],
  ['m=a\\', 'nothing follows the backslash', 4],
])('%s is refused at its column', (line, message, column) => {
  expect(errorOf(() => split(line))).toContain(`f:1:${column}: ${message}`)
})

test('a character inside quotes keeps its place', () => {
  const value = split('a b="x {{ y }}"')[1]?.after(2)
  expect(value?.text).toBe('x {{ y }}')
  expect(value?.at(2, 9).toString()).toBe('f:1:8')
})

test('property: quoted words are read back', () => {
  const quote = fc.constantFrom(
    (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`,
    (word: string) => `"${word.replace(/["\\]/g, '\\$&')}"`,
    (word: string) => word.replace(/[^\w]/g, '\\$&') || '""',
  )
  const text = fc.string({ maxLength: 8 })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, quote), { minLength: 1, maxLength: 5 }), (list) => {
      expect(words(list.map(([word, how]) => how(word)).join(' '))).toEqual(list.map(([word]) => word))
    }),
  )
})
