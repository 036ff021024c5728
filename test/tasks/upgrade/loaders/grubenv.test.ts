import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseGrubenv } from '../../../../src/tasks/upgrade/loaders/grubenv.ts'

/** A block as grub-editenv writes it. */
function block(variables: Record<string, string>): string {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value.replace(/[\\\n]/g, '\\$&')}\n`)
  return `# GRUB Environment Block\n${lines.join('')}`.padEnd(1024, '#')
}

test('values keep spaces and equals signs; padding and comments are none', () => {
  const text = block({ saved_entry: 'a b', kernelopts: 'root=UUID=1 ro' }).replace(
    'Block\n',
    'Block\n# WARNING: do not edit\n',
  )
  expect([...parseGrubenv(text)]).toEqual([
    ['saved_entry', 'a b'],
    ['kernelopts', 'root=UUID=1 ro'],
  ])
})

test('a block that is none is refused with the reason', () => {
  expect(() => parseGrubenv('saved_entry=1\n')).toThrow('does not begin with')
})

test('what grub-editenv writes is read back', () => {
  const name = fc.stringMatching(/^[a-z_]{1,10}$/).filter((word) => word !== '__proto__')
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.string({ maxLength: 20 }), { maxKeys: 8, noNullPrototype: true }),
      (variables) => {
        expect(Object.fromEntries(parseGrubenv(block(variables)))).toEqual(variables)
      },
    ),
  )
})
