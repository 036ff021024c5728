import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { argv, assign, quote } from '../../src/remote/quote.ts'

const word = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text)

it.each(['/bin/dash', '/bin/bash'])('%s sees exactly the words (property)', (shell) => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const printed = execFileSync(shell, ['-c', argv(['printf', '%s\\0', 'first', ...words])], { encoding: 'utf8' })
      expect(printed).toBe(['first', ...words].map((one) => `${one}\0`).join(''))
    }),
    { numRuns: 150 },
  )
})

it('assigns any text to a variable (property)', () => {
  fc.assert(
    fc.property(word, (text) => {
      const printed = execFileSync('/bin/sh', ['-c', `${assign({ value: text })}printf '%s.' "$value"`], {
        encoding: 'utf8',
      })
      expect(printed).toBe(`${text}.`)
    }),
    { numRuns: 100 },
  )
})

it('refuses what no shell word can hold', () => {
  expect(() => quote('a\0b')).toThrow('NUL')
  expect(() => assign({ 'a b': 'x' })).toThrow('variable')
})

it('quotes everything that could be special where a command begins', () => {
  expect(argv(['a=b', '~', '', '#x'])).toBe("'a=b' '~' '' '#x'")
  expect(argv(['/usr/bin/id', '-u'])).toBe('/usr/bin/id -u')
})
