import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeKeyFile, publicHalf } from '../../../../src/tasks/upgrade/access/key-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'upgrade-push-key-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const keygen = (...args: string[]) => execFileSync('ssh-keygen', args, { encoding: 'utf8' })
const written = (name: string, text: string) => {
  const path = join(dir, name)
  writeFileSync(path, text)
  chmodSync(path, 0o600)
  return path
}

test('OpenSSH reads a new key, and names the same public half', () => {
  for (let round = 0; round < 3; round++) {
    const text = makeKeyFile(`round ${round}`)
    const told = keygen('-y', '-f', written(`key${round}`, text)).trim()
    expect(told).toBe(`${publicHalf(text)} round ${round}`)
  }
})

test('two keys are never the same', () => {
  expect(publicHalf(makeKeyFile('a'))).not.toBe(publicHalf(makeKeyFile('a')))
})

test.each([
  ['ed25519', []],
  ['ecdsa', []],
  ['rsa', ['-b', '2048']],
  ['ed25519', ['-N', 'secret']],
])('the public half of a key of ssh-keygen -t %s %j', (type, options) => {
  const path = join(dir, `made-${type}-${options.length}-${options[1] ?? ''}`)
  keygen('-q', '-t', type, '-C', 'x', '-f', path, ...(options.includes('-N') ? [] : ['-N', '']), ...options)
  const text = execFileSync('cat', [path], { encoding: 'utf8' })
  const [kind, base64] = execFileSync('cat', [`${path}.pub`], { encoding: 'utf8' }).split(' ')
  expect(publicHalf(text)).toBe(`${kind} ${base64}`)
})

test('another format, and a damaged file, have none', () => {
  const text = makeKeyFile('x')
  const lines = text.split('\n')
  expect(publicHalf('-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n')).toBeUndefined()
  expect(publicHalf([lines[0], lines[1]?.slice(0, 40), lines.at(-2), ''].join('\n'))).toBeUndefined()
  expect(publicHalf([lines[0], `AAAA${lines[1]}`, ...lines.slice(2)].join('\n'))).toBeUndefined()
  expect(publicHalf('')).toBeUndefined()
})
