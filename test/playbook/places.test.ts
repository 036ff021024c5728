import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { TemplateText } from '../../src/expression/values.ts'
import { complaints, load } from './support.ts'

/** The text of the file at which a template's `culprit` is said to stand. */
async function pointed(yaml: string, culprit: string): Promise<string> {
  const { plays } = await load(yaml)
  const template = plays[0]?.vars.v as TemplateText
  expect(template).toBeInstanceOf(TemplateText)
  const at = template.text.indexOf(culprit)
  const { source, start, end } = template.origin.at(at, at + culprit.length)
  return source.text.slice(start, end)
}

describe('a place within a template is its place in the file', () => {
  test.each([
    ['plain', '  vars:\n    v: a {{ here }} b\n'],
    ['plain over lines', '  vars:\n    v: a\n      b\n\n      c {{ here }}\n'],
    ['single quotes', "  vars:\n    v: 'it''s {{ here }}'\n"],
    ['single quotes over lines', "  vars:\n    v: 'it''s\n      so   \n\n      {{ here }}'\n"],
    ['double quotes with escapes', '  vars:\n    v: "\\t\\x41\\u00e9\\U0001F600\\" {{ here }}"\n'],
    ['double quotes over lines', '  vars:\n    v: "a\n      b \\\n      c\n\n      {{ here }}"\n'],
    ['literal block', '  vars:\n    v: |\n      a\n        b\n\n      c {{ here }}\n'],
    ['literal block with indicator', '  vars:\n    v: |2-\n        a\n      c {{ here }}\n'],
    ['folded block', '  vars:\n    v: >-\n      a\n      b\n\n      c {{ here }}\n'],
    ['with tag and anchor', '  vars:\n    v: !!str &x "a {{ here }}"\n'],
    ['Windows line ends', '  vars:\r\n    v: |\r\n      a\r\n      b {{ here }}\r\n'],
  ])('%s', async (_, vars) => {
    expect(await pointed(`- hosts: all\n${vars}`, 'here')).toBe('here')
  })

  test('any text in any style', async () => {
    const words = fc.array(
      fc.constantFrom('a', "it's", '"q"', '\\', 'é😀', ' ', '\n', '  ', '\t', ':', '#', '- ', '%'),
      { maxLength: 12 },
    )
    const styles = fc.constantFrom('QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED', 'PLAIN')
    await fc.assert(
      fc.asyncProperty(words, words, styles, async (before, after, defaultStringType) => {
        const v = `${before.join('')}{{ here }}${after.join('')}`
        const yaml = stringify([{ hosts: 'all', vars: { v } }], {
          defaultStringType,
          defaultKeyType: 'PLAIN',
          lineWidth: 40,
          version: '1.1',
        })
        expect(await pointed(yaml, 'here'), yaml).toBe('here')
      }),
      { numRuns: 500 },
    )
  }, 60_000)

  test('an error in a folded expression', async () => {
    const found = await complaints(
      '- hosts: all\n  tasks:\n    - command: x\n      when: >-\n        a == 1 and\n        b | nofilter\n',
    )
    expect(found).toContain('/play/site.yml:6:13: unknown filter "nofilter"')
  })
})

test('random text is refused with a UserError, or is a playbook', async () => {
  const pieces = fc.constantFrom(
    '- ',
    'hosts: ',
    'all',
    '\n',
    '  ',
    'tasks:',
    'command: ',
    '{{ x }}',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    ': ',
    '&a ',
    '*a',
    '|',
    '>',
    '!!int ',
    '#',
    '\t',
    'when: ',
    'vars: ',
    '---',
    '<<: ',
    'null',
    '~',
    '1',
    'file: ',
    'path=/x ',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
        fc.string({ unit: 'binary', maxLength: 50 }),
      ),
      async (text) => {
        try {
          await load(text)
        } catch (error) {
          if (!(error instanceof UserError)) throw error
        }
      },
    ),
    { numRuns: 1500 },
  )
}, 60_000)
