import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SshConfig } from '../../../src/remote/ssh/config.ts'
import { expandPath } from '../../../src/remote/ssh/expand.ts'
import { areDefaultIdentities, parseSettings } from '../../../src/remote/ssh/settings.ts'
import { configIsUniform } from '../../../src/remote/ssh/uniform.ts'

const dir = mkdtempSync(join(tmpdir(), 'ssh-config-'))
afterAll(() => rmSync(dir, { recursive: true }))
let count = 0
function file(text: string): string {
  const path = join(dir, `config${count++}`)
  writeFileSync(path, text)
  return path
}
const ssh = (configFile: string, options: [string, string][] = []) => ({ options, configFile, identityFiles: [] })

describe('ssh_config', () => {
  it('is merged as OpenSSH merges it: what the inventory says first, then the first match', async () => {
    const config = file(
      'Host web*\n  User fromhost\n  Port 2201\n  HostName real-%h.lan\nHost *\n  User fromstar\n  ConnectTimeout 7\n',
    )
    const asked = new SshConfig(dir)
    const settings = await asked.settings({ address: 'web1', ssh: ssh(config) })
    expect(settings).toMatchObject({ hostname: 'real-web1.lan', user: 'fromhost', port: 2201, connectTimeoutMs: 7000 })
    const over = await asked.settings({
      address: 'web1',
      user: 'ann',
      ssh: ssh(config, [
        ['port', '99'],
        ['user', 'late'],
      ]),
    })
    expect(over).toMatchObject({ user: 'ann', port: 99 })
    expect(await asked.settings({ address: 'db', ssh: ssh(config) })).toMatchObject({
      hostname: 'db',
      user: 'fromstar',
      port: 22,
    })
  })

  it('gives one answer for the fleet where it says the same for all', async () => {
    const config = file('Host *\n  User all\n')
    const asked = new SshConfig(dir)
    expect(await asked.settings({ address: 'a', ssh: ssh(config) })).toMatchObject({ hostname: 'a', user: 'all' })
    const many = Array.from({ length: 3000 }, (_, i) => asked.settings({ address: `h${i}`, ssh: ssh(config) }))
    expect((await Promise.all(many)).map(({ hostname }) => hostname)).toEqual(many.map((_, i) => `h${i}`))
  })

  it('names a file that is missing and a line that is wrong', async () => {
    const asked = new SshConfig(dir)
    await expect(asked.settings({ address: 'a', ssh: ssh(join(dir, 'none')) })).rejects.toThrow('none')
    await expect(asked.settings({ address: 'a', ssh: ssh(file('Host *\n  Nonsense yes\n')) })).rejects.toThrow(/ssh -G/)
  })

  it.each([
    ['Host *\n User x', true],
    ['User x', true],
    ['# Host web\n', true],
    ['Host web', false],
    ['Host * !web', false],
    ['Match exec true', false],
    ['HostName x', false],
    ['ProxyJump gate-%h', false],
    ['ControlPath ~/.ssh/%r@x', true],
    ['CanonicalizeHostname yes', false],
  ])('%j is the same for all: %s', async (text, uniform) => {
    expect(await configIsUniform(file(text), dir)).toBe(uniform)
  })

  it('looks into included files', async () => {
    mkdirSync(join(dir, 'd'))
    writeFileSync(join(dir, 'd', 'one.conf'), 'User x')
    const config = file(`Include ${dir}/d/*.conf\n`)
    expect(await configIsUniform(config, dir)).toBe(true)
    writeFileSync(join(dir, 'd', 'two.conf'), 'Host web\nUser y')
    expect(await configIsUniform(config, dir)).toBe(false)
    expect(await configIsUniform('none', dir)).toBe(true)
  })
})

describe('what ssh -G says', () => {
  it.each([
    ['proxycommand nc', 'ProxyCommand'],
    ['certificatefile /c', 'CertificateFile'],
    ['pkcs11provider /p', 'PKCS11Provider'],
    ['securitykeyprovider /lib', 'SecurityKeyProvider'],
    ['hostbasedauthentication yes', 'HostbasedAuthentication'],
    ['preferredauthentications gssapi-with-mic', 'GSSAPI'],
    ['pubkeyauthentication no\npasswordauthentication no\nkbdinteractiveauthentication no', 'GSSAPI'],
  ])('refuses %s', (text, word) => {
    expect(() => parseSettings(text)).toThrow(word)
  })

  it('does not take defaults for wishes', () => {
    const text =
      'gssapiauthentication yes\nsecuritykeyprovider internal\npkcs11provider none\nproxycommand none\nstricthostkeychecking ask'
    expect(parseSettings(text)).toMatchObject({
      strictHostKeyChecking: 'yes',
      publicKey: true,
      password: true,
      aliveCountMax: 3,
    })
    expect(areDefaultIdentities(['~/.ssh/id_rsa', '~/.ssh/id_ed25519'])).toBe(true)
    expect(areDefaultIdentities(['~/.ssh/id_rsa'])).toBe(false)
  })

  it('expands tokens', () => {
    const route = { alias: 'web', hostname: 'web.lan', port: 22, user: 'ann' }
    expect(expandPath('/k/%n-%h-%p-%r-%%-%z', route)).toBe('/k/web-web.lan-22-ann-%-%z')
    expect(expandPath('~/x', route)).toBe(`${process.env.HOME}/x`)
  })
})
