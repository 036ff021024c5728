import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { appendKnownHosts } from '../../../src/remote/hostkeys/append.ts'
import { HostKeyCheck } from '../../../src/remote/hostkeys/check.ts'
import { knownHostName, parseKnownHosts } from '../../../src/remote/hostkeys/entry.ts'
import { fingerprint } from '../../../src/remote/hostkeys/fingerprint.ts'
import { KnownHostIndex } from '../../../src/remote/hostkeys/index.ts'
import { KnownHostStore } from '../../../src/remote/hostkeys/store.ts'

const dir = mkdtempSync(join(tmpdir(), 'known-hosts-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** A key of the right form; `seed` tells keys apart. */
function key(type: string, seed: number): string {
  const name = Buffer.alloc(4 + type.length)
  name.writeUInt32BE(type.length, 0)
  name.write(type, 4)
  return Buffer.concat([name, Buffer.from([0, 0, 0, 4]), Buffer.from(Uint32Array.of(seed).buffer)]).toString('base64')
}
const ED = 'ssh-ed25519'
const EC = 'ecdsa-sha2-nistp256'
const index = (text: string) => new KnownHostIndex(parseKnownHosts(text, 'kh'))
const judge = (text: string, name: string, type: string, k: string) => index(text).judge(name, type, k).kind

describe('known_hosts lines', () => {
  const line = `${ED} ${key(ED, 1)}`
  it.each([
    ['plain', `web1 ${line}`, 'web1', 'known'],
    ['list', `x,web1,y ${line} comment here`, 'web1', 'known'],
    ['case', `WEB1 ${line}`, 'web1', 'known'],
    ['port', `[web1]:2222 ${line}`, '[web1]:2222', 'known'],
    ['port is part of the name', `web1 ${line}`, '[web1]:2222', 'unknown'],
    ['glob', `web?.*.lan ${line}`, 'web1.a.lan', 'known'],
    ['glob with port', `[*.lan]:2222 ${line}`, '[web1.lan]:2222', 'known'],
    ['negation wins', `*.lan,!web1.lan ${line}`, 'web1.lan', 'unknown'],
    ['negation alone matches nothing', `!db ${line}`, 'web1', 'unknown'],
    ['certificate authority is no key of a host', `@cert-authority * ${line}`, 'web1', 'unknown'],
    ['revoked', `web1 ${line}\n@revoked * ${line}`, 'web1', 'revoked'],
    ['comment', `# web1 ${line}`, 'web1', 'unknown'],
    ['unknown marker', `@trusted web1 ${line}`, 'web1', 'unknown'],
    ['type and key differ', `web1 ${EC} ${key(ED, 1)}`, 'web1', 'unknown'],
    ['no key', `web1 ${ED}`, 'web1', 'unknown'],
    ['bad hash', `|1|abc|def ${line}`, 'web1', 'unknown'],
  ])('%s', (_what, text, name, verdict) => {
    expect(judge(text, name, ED, key(ED, 1))).toBe(verdict)
  })

  it('tells a changed key from another type and shows where', () => {
    const text = `# one\nweb1 ${EC} ${key(EC, 1)}\n`
    expect(index(text).judge('web1', EC, key(EC, 2))).toMatchObject({ kind: 'changed', entry: { line: 2, file: 'kh' } })
    expect(index(text).judge('web1', ED, key(ED, 2))).toMatchObject({ kind: 'other_type' })
    expect(index(text).types('web1')).toEqual([EC])
  })

  it('agrees with ssh-keygen on hashed names', () => {
    const file = join(dir, 'hashed')
    writeFileSync(file, `web1,10.0.0.1 ${ED} ${key(ED, 1)}\n[web2]:2222 ${EC} ${key(EC, 2)}\n`)
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('web1')
    expect(judge(text, 'web1', ED, key(ED, 1))).toBe('known')
    expect(judge(text, '10.0.0.1', ED, key(ED, 1))).toBe('known')
    expect(judge(text, knownHostName('WEB2', 2222), EC, key(EC, 2))).toBe('known')
    expect(judge(text, 'web2', EC, key(EC, 2))).toBe('unknown')
    expect(judge(text, 'web1', ED, key(ED, 9))).toBe('changed')
    expect(index(text).types('web1')).toEqual([ED])
  })

  it('agrees with ssh-keygen -F on random files (property)', () => {
    const name = fc.constantFrom('a', 'b', 'ab', '[a]:22', '[a]:2222', 'a.b')
    const pattern = fc.constantFrom('a', 'B', '*', '?', 'a*', '!a', '!*b', '[a]:2222', '[*]:2222', 'a.b', '*.b')
    fc.assert(
      fc.property(
        name,
        fc.array(fc.array(pattern, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
        (asked, lines) => {
          const text = lines.map((names, i) => `${names.join(',')} ${ED} ${key(ED, i)}\n`).join('')
          const file = join(dir, 'random')
          writeFileSync(file, text)
          const out = lines.length > 0 ? keygenFind(file, asked) : []
          const ours = lines.map((_, i) => i).filter((i) => judge(text, asked, ED, key(ED, i)) === 'known')
          expect(ours).toEqual(out.map((line) => lines.findIndex((_, i) => line.includes(key(ED, i)))))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('never throws, whatever the file holds (property)', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void judge(text, 'web1', ED, key(ED, 1))))
  })

  it('is quick with 10000 lines', () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `host${i} ${ED} ${key(ED, i)}`).join('\n')
    const big = index(text)
    for (let i = 0; i < 10_000; i++) expect(big.judge(`host${i}`, ED, key(ED, i)).kind === 'known').toBe(true)
  })
})

function keygenFind(file: string, name: string): string[] {
  try {
    const text = execFileSync('ssh-keygen', ['-F', name, '-f', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.split('\n').filter((line) => line && !line.startsWith('#'))
  } catch {
    return []
  }
}

describe('checking a host', () => {
  const bytes = Buffer.from(key(ED, 7), 'base64')
  const rules = (file: string, policy: 'strict' | 'accept-new' | 'off', more = {}) => ({
    policy,
    files: [file],
    hash: false,
    ...more,
  })
  const check = (file: string, policy: 'strict' | 'accept-new' | 'off', more = {}) =>
    new HostKeyCheck(new KnownHostStore(), rules(file, policy, more), 'web1', '10.0.0.1', 2222)

  it('names fingerprint, name and flag for an unknown key', async () => {
    const error = await check(join(dir, 'none'), 'strict')
      .verify(bytes)
      .catch((e) => e)
    expect(error).toMatchObject({ kind: 'host_key', host: 'web1' })
    expect(error.message).toContain(fingerprint(bytes))
    expect(error.message).toContain('[10.0.0.1]:2222')
    expect(error.remedy).toContain('--accept-new-host-keys')
  })

  it('shows both fingerprints and the line of a changed key, also under accept-new', async () => {
    const file = join(dir, 'changed')
    writeFileSync(file, `\n[10.0.0.1]:2222 ${ED} ${key(ED, 1)}\n`)
    for (const policy of ['strict', 'accept-new'] as const) {
      const error = await check(file, policy)
        .verify(bytes)
        .catch((e) => e)
      expect(error.message).toContain(fingerprint(bytes))
      expect(error.message).toContain(fingerprint(key(ED, 1)))
      expect(error.message).toContain(`${file}:2`)
    }
    expect(readFileSync(file, 'utf8')).not.toContain(key(ED, 7))
  })

  it('fails closed when a file cannot be read', async () => {
    await expect(check(dir, 'strict').verify(bytes)).rejects.toMatchObject({ kind: 'host_key' })
  })

  it('looks under HostKeyAlias, without a port', async () => {
    const file = join(dir, 'alias')
    writeFileSync(file, `theweb ${ED} ${key(ED, 7)}\n`)
    await check(file, 'strict', { alias: 'TheWeb' }).verify(bytes)
  })

  it('files a new key, hashed when asked', async () => {
    for (const hash of [false, true]) {
      const file = join(dir, `new-${hash}`)
      await check(file, 'accept-new', { hash }).verify(bytes)
      await check(file, 'strict').verify(bytes)
      expect(readFileSync(file, 'utf8').includes('10.0.0.1')).toBe(!hash)
      expect(statSync(file).mode & 0o777).toBe(0o600)
    }
  })

  it('loses nothing with many hosts in two runs at once, and keeps the mode', async () => {
    const file = join(dir, 'many')
    writeFileSync(file, `old ${ED} ${key(ED, 0)}`, { mode: 0o640 })
    const stores = [new KnownHostStore(), new KnownHostStore()]
    await Promise.all(
      stores.flatMap((store, s) =>
        Array.from({ length: 100 }, (_, i) => store.accept(file, `h${s}-${i} ${ED} ${key(ED, i)}`)),
      ),
    )
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
    expect(lines.length).toBe(201)
    expect(parseKnownHosts(lines.join('\n'), file).length).toBe(201)
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  it('adds nothing twice', async () => {
    const file = join(dir, 'twice')
    await appendKnownHosts(file, ['a b c', 'a b c'])
    await appendKnownHosts(file, ['a b c'])
    expect(readFileSync(file, 'utf8')).toBe('a b c\n')
  })
})
