import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Redactor } from '../../src/events/redactor.ts'

const SECRET = 'p@ss "w0rd"/%+\'x'

function redactor(...secrets: string[]): Redactor {
  const made = new Redactor()
  for (const secret of secrets) made.add(secret)
  return made
}

test.each([
  ['plain', SECRET],
  ['in JSON', JSON.stringify({ a: SECRET })],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: SECRET }))],
  ['URL-encoded', `https://x/?p=${encodeURIComponent(SECRET)}`],
  ['form-encoded', new URLSearchParams({ p: SECRET }).toString()],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64url', Buffer.from(SECRET).toString('base64url')],
  ['hex', Buffer.from(SECRET).toString('hex')],
  ['shell-quoted', `echo '${SECRET.replaceAll("'", "'\\''")}'`],
])('a secret is hidden %s', (_, text) => {
  const shown = redactor(SECRET).text(text)
  expect(shown).toContain('********')
  expect(shown).not.toContain('w0rd')
})

test('a secret is hidden in base64 of any longer text, at every alignment', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const encoded = Buffer.from(`${before}hunter2-hunter2${after}`).toString('base64')
      expect(redactor('hunter2-hunter2').text(encoded)).toContain('********')
    }),
  )
})

test('the longer of two secrets goes first, so that no tail is left', () => {
  expect(redactor('hunter', 'hunter2secret').text('x hunter2secret y')).toBe('x ******** y')
})

test('each long line of a key is hidden alone, as logs come line by line', () => {
  const key = '-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\nshort\n-----END KEY-----'
  expect(redactor(key).text('got MIIEpAIBAAKCAQEA')).toBe('got ********')
})

test('a secret of under four characters is refused', () => {
  const made = new Redactor()
  expect(made.add('abc')).toBe(false)
  expect(made.text('abcdef')).toBe('abcdef')
})

test('values are redacted deeply, keys too, and left alone when clean', () => {
  const clean = { a: ['x', { b: 'y' }] }
  expect(redactor('hunter2').value(clean)).toBe(clean)
  expect(redactor('hunter2').value({ a: ['is hunter2', 1], hunter2: { b: 'hunter2' } })).toEqual({
    a: ['is ********', 1],
    '********': { b: '********' },
  })
})

test('a password that is a word of the format does not break the format', () => {
  expect(redactor('items').value({ diff: [{ kind: 'items', title: 'items' }] })).toEqual({
    diff: [{ kind: 'items', title: '********' }],
  })
})
