import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeKeyFile, publicHalf } from '../../../../src/tasks/upgrade/access/key-file.ts'
import { fingerprint, PublicKeyError, parsePublicKey } from '../../../../src/tasks/upgrade/access/public-key.ts'

const PRIVATE = makeKeyFile('somebody')
const KEY = publicHalf(PRIVATE) as string
const CURVE =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg='

describe('one public key', () => {
  test.each([
    ['as it is', KEY, KEY],
    ['with a comment of several words', `${KEY} me at home`, KEY],
    ['as a file, with an end of line of any kind', `${KEY} me@home\r\n`, KEY],
    ['below a comment', `# mine\n\n${KEY}\n`, KEY],
    ['of another kind', CURVE, CURVE],
  ])('%s', (_, text, key) => {
    expect(parsePublicKey(text)).toBe(key)
  })

  test.each([
    ['nothing', '\n# only this\n', 'it holds no key'],
    ['two keys', `${KEY}\n${KEY}\n`, '2 lines'],
    ['options', `command="reboot" ${KEY}`, 'options before the key'],
    ['a list of addresses', `from="10.0.0.0/8",restrict ${KEY}`, 'options before the key'],
    ['a kind that is not let in any more', 'ssh-dss AAAAB3NzaC1kc3M=', 'type of key'],
    ['a private key', PRIVATE, 'it is a private key'],
    ['something else', 'hello', 'type of key'],
    ['a type alone', 'ssh-ed25519', 'not base64'],
    ['no base64', 'ssh-ed25519 !!!!', 'not base64'],
    ['a key that was cut off', KEY.slice(0, -9), 'cut off'],
    ['another kind inside', `ssh-rsa ${KEY.split(' ')[1]}`, 'cut off, or no ssh-rsa key'],
  ])('%s is refused', (_, text, why) => {
    expect(() => parsePublicKey(text)).toThrow(PublicKeyError)
    expect(() => parsePublicKey(text)).toThrow(why)
  })

  test('an error never repeats the text, which may be a secret', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/]{30,60}$/), (secret) => {
        for (const text of [secret, `ssh-ed25519 ${secret}`, `x=${secret} ${KEY}`, `${PRIVATE}${secret}`]) {
          try {
            parsePublicKey(text)
          } catch (error) {
            expect((error as Error).message).not.toContain(secret)
          }
        }
      }),
    )
  })

  test('whatever is accepted is one line of two words that can stand in authorized_keys', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        let key: string
        try {
          key = parsePublicKey(`${before}${KEY}${after}`)
        } catch {
          return
        }
        expect(key).toMatch(/^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/)
      }),
    )
  })
})

test('the fingerprint is the one that OpenSSH shows', () => {
  const shown = execFileSync('ssh-keygen', ['-l', '-f', '-'], { input: `${KEY}\n`, encoding: 'utf8' })
  expect(shown).toContain(` ${fingerprint(KEY)} `)
})
