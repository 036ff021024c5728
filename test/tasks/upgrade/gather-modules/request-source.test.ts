import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UserError } from '../../../../src/diagnostics/diagnostic.ts'
import { parseRequest } from '../../../../src/tasks/upgrade/request-source.ts'

const message = (text: string): string => {
  try {
    parseRequest('requests.d/x.yml', text)
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

test('an empty file asks for nothing', () => {
  expect(parseRequest('x', '')).toEqual({ request: {}, when: undefined })
  expect(parseRequest('x', '# only a comment\n')).toEqual({ request: {}, when: undefined })
})

test('the condition keeps its place', () => {
  const { when } = parseRequest('requests.d/x.yml', 'install_rpms: [a]\nwhen: "host_facts.fips"\n')
  expect(when?.text).toBe('host_facts.fips')
  expect(String(when?.origin)).toBe('requests.d/x.yml:2:8')
})

test.each([
  ['dracut_modules: [{ name: "../x" }]', 'requests.d/x.yml:1:27'],
  ['kernel_modules: [{ name: "=drivers/../x" }]', 'a module name, or =subdir'],
  ['install_rpms: foo', 'requests.d/x.yml:1:15'],
  ['install_rpms: [a\n', 'requests.d/x.yml:2:1'],
  ['install_rpms: [a]\ninstall_rpms: [b]', 'unique'],
  ['copy_files: [{ src: etc/x }]', 'must be an absolute path'],
  ['kernel_args: { add: ["a b"] }', 'one kernel argument'],
  ['kernel_arg: {}', 'did you mean "kernel_args"?'],
  ['- a', 'requests.d/x.yml:1:1'],
  ['a: !!js/function x', 'requests.d/x.yml:1:'],
])('%s', (text, said) => {
  expect(message(text)).toContain(said)
})

test('aliases can’t blow up', () => {
  const levels = Array.from(
    { length: 9 },
    (_, at) =>
      `a${at}: &a${at} [${
        at === 0
          ? 'x'
          : Array(9)
              .fill(`*a${at - 1}`)
              .join(', ')
      }]`,
  )
  expect(message(levels.join('\n'))).toContain('requests.d/x.yml:1:1')
})

test('whatever a host has in its files, the only error is a UserError', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('a', ':', ' ', '\n', '- ', '[', '{', '*', '&x', '"', '!!', '|'))
      .map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (content) => {
      try {
        parseRequest('x', content)
      } catch (error) {
        expect(error).toBeInstanceOf(UserError)
      }
    }),
    { numRuns: 500 },
  )
})
