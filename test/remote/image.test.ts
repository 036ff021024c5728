import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HostKeyCheck } from '../../src/remote/hostkeys/check.ts'
import { KnownHostStore } from '../../src/remote/hostkeys/store.ts'
import { ImageOrSystem } from '../../src/remote/image/key-judge.ts'
import { imageCredentials } from '../../src/remote/image/login.ts'
import { KeyFiles } from '../../src/remote/login/keyFile.ts'
import type { Credentials } from '../../src/remote/login/plan.ts'

let dir: string
const path = (name: string) => join(dir, name)
const publicKey = (name: string) =>
  readFileSync(path(`${name}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ')
const wire = (name: string) => Buffer.from(publicKey(name).split(' ')[1] ?? '', 'base64')

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'image-'))
  for (const [name, type] of [
    ['system', 'ecdsa'],
    ['image', 'ed25519'],
    ['stranger', 'ed25519'],
    ['login', 'ed25519'],
    ['own', 'ed25519'],
  ] as const) {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path(name)])
  }
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', path('locked')])
  writeFileSync(path('known_hosts'), `web1 ${publicKey('system')}\n`)
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('the key that a host presents', () => {
  const judge = (policy: 'strict' | 'accept-new' = 'strict') => {
    const rules = { policy, files: [path('known_hosts')], hash: false }
    return new ImageOrSystem(new HostKeyCheck(new KnownHostStore(), rules, 'web1', 'web1', 22), publicKey('image'))
  }

  test.each(['image', 'system'] as const)("is the %s's", async (who) => {
    const key = judge()
    expect(key.answered).toBeUndefined()
    await key.verify(wire(who))
    expect(key.answered).toBe(who)
  })

  test.each(['strict', 'accept-new'] as const)("is nobody's: refused as a changed one, %s", async (policy) => {
    const key = judge(policy)
    await expect(key.verify(wire('stranger'))).rejects.toMatchObject({ kind: 'host_key' })
    expect(key.answered).toBeUndefined()
    expect(readFileSync(path('known_hosts'), 'utf8')).not.toContain(publicKey('stranger'))
  })

  test("the image's key never gets on file", async () => {
    await judge('accept-new').verify(wire('image'))
    expect(readFileSync(path('known_hosts'), 'utf8')).not.toContain(publicKey('image'))
  })

  test("the system's types are asked for first", async () => {
    expect(await judge().knownTypes()).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519'])
  })
})

describe('what root of the image is offered', () => {
  const files = () => new KeyFiles(async () => 'wrong')
  async function system(): Promise<Credentials> {
    const key = await files().load(path('login'))
    return { user: 'admin', keys: [{ path: path('login'), key }], password: 'hidden', passwordMethods: ['password'] }
  }
  const offered = async (authorized: string, keyFile?: string) => {
    const identity = { hostKey: publicKey('image'), authorizedKey: publicKey(authorized), keyFile }
    return imageCredentials(identity, await system(), [path('own'), path('missing')], files())
  }

  test.each([
    ['own', 'own'],
    ['login', 'login'],
  ])('the key that it lets in and no other, no password: %s', async (authorized, expected) => {
    const { user, keys, password, passwordMethods } = await offered(authorized)
    expect([user, keys.map((key) => key.path), password, passwordMethods]).toEqual([
      'root',
      [path(expected)],
      undefined,
      [],
    ])
  })

  test('a key that was named', async () => {
    expect((await offered('stranger')).keys).toEqual([])
    expect((await offered('stranger', path('stranger'))).keys.map((key) => key.path)).toEqual([path('stranger')])
  })

  test('nothing, where its key is locked by a passphrase that nobody knows', async () => {
    expect((await offered('locked', path('locked'))).keys).toEqual([])
  })
})
