import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../../src/tasks/controller-files.ts'
import { givenKey } from '../../../../src/tasks/upgrade/access/given-key.ts'
import { makeKeyFile, publicHalf } from '../../../../src/tasks/upgrade/access/key-file.ts'
import { ownUpgradeKey, upgradeKeyPath } from '../../../../src/tasks/upgrade/access/upgrade-key.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'upgrade-push-key-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe("the controller's own key", () => {
  const keys = () => join(dir, 'state', 'keys')

  test('is made on first use, for its owner alone, and stays', () => {
    const key = ownUpgradeKey(keys(), true)
    expect(key).toMatch(/^ssh-ed25519 AAAA/)
    expect(statSync(upgradeKeyPath(keys())).mode & 0o777).toBe(0o600)
    expect(statSync(keys()).mode & 0o777).toBe(0o700)
    expect(readdirSync(keys())).toEqual(['upgrade_ed25519'])
    expect(ownUpgradeKey(keys(), true)).toBe(key)
    expect(ownUpgradeKey(keys(), false)).toBe(key)
  })

  test('is not made in check mode', () => {
    expect(ownUpgradeKey(keys(), false)).toBeUndefined()
    expect(existsSync(keys())).toBe(false)
  })

  test('several runs that make it at once agree on one', async () => {
    const module = resolve('src/tasks/upgrade/access/upgrade-key.ts')
    const script = `import(${JSON.stringify(module)}).then((m) => console.log(m.ownUpgradeKey(${JSON.stringify(keys())}, true)))`
    const one = () =>
      new Promise<string>((done, failed) => {
        const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let output = ''
        child.stdout.on('data', (data) => {
          output += data
        })
        child.on('error', failed).on('close', () => done(output.trim()))
      })
    const found = new Set(await Promise.all([one(), one(), one()]))
    expect([...found]).toEqual([ownUpgradeKey(keys(), false)])
    expect(readdirSync(keys())).toEqual(['upgrade_ed25519'])
  })

  test.each([
    ['that others may read', (path: string) => chmodSync(path, 0o640), 'others than its owner'],
    ['that is damaged', (path: string) => writeFileSync(path, 'nonsense'), 'is damaged'],
  ])('%s is refused with what to do', (_, harm, why) => {
    ownUpgradeKey(keys(), true)
    harm(upgradeKeyPath(keys()))
    expect(() => ownUpgradeKey(keys(), true)).toThrow(why)
  })

  test('a place where nothing can be made is named', () => {
    writeFileSync(join(dir, 'file'), '')
    expect(() => ownUpgradeKey(join(dir, 'file', 'keys'), true)).toThrow(join(dir, 'file', 'keys'))
  })

  test('without a place for keys one has to be given', () => {
    const files = createControllerFiles({ playbookDir: dir, assetsDir: dir })
    expect(() => files.upgradeKey()).toThrow('no place for a key')
  })
})

describe('a key that is given', () => {
  const text = makeKeyFile('me')
  const key = publicHalf(text) as string
  const given = (value: string) => givenKey(value, createControllerFiles({ playbookDir: dir, assetsDir: dir }))
  const put = (name: string, content: string) => {
    mkdirSync(join(dir, 'my keys'), { recursive: true })
    writeFileSync(join(dir, name), content)
  }

  test('as text, as the path of a public key, of a private key, and beside the playbook', async () => {
    put('id.pub', `${key} me\n`)
    put('id', text)
    put('my keys/id.pub', key)
    expect(await given(`${key} me`)).toBe(key)
    expect(await given('id.pub')).toBe(key)
    expect(await given(join(dir, 'id'))).toBe(key)
    expect(await given('./my keys/id.pub')).toBe(key)
  })

  test('a private key of another format needs its public half beside it', async () => {
    put('rsa', '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n')
    await expect(given('rsa')).rejects.toThrow('does not tell its public half')
    put('rsa.pub', key)
    expect(await given('rsa')).toBe(key)
  })

  test.each([
    ['missing.pub', 'does not exist on the controller'],
    ['ssh-dss AAAA', 'no public key that may log in'],
    [`restrict ${key}`, 'options before the key'],
    [text, 'it is a private key'],
  ])('%s', async (value, why) => {
    await expect(given(value)).rejects.toThrow(why)
  })
})
