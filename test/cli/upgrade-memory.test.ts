import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UpgradeFiles } from '../../src/cli/upgrade-memory.ts'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import type { UpgradeRecord } from '../../src/tasks/contract.ts'

const record: UpgradeRecord = {
  version: 1,
  run: 'try-1',
  image: { hostKey: 'ssh-ed25519 AAAA', authorizedKey: 'ssh-ed25519 BBBB', keyFile: '/k' },
  plan: 'a'.repeat(64),
  imageDigest: 'b'.repeat(64),
  release: { from: '8', to: '9' },
  before: { bootId: 'b', kernel: 'k' },
  armedAt: '2026-11-23T08:00:00.000Z',
}

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'memory-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('what was remembered is there for the next run, private, and goes when it is forgotten', async () => {
  const hosts = join(dir, 'hosts')
  const memory = new UpgradeFiles(hosts)
  expect(memory.recall('web1')).toBeUndefined()
  await memory.remember('web1', record)
  await memory.remember('../web2', { ...record, image: null })
  expect(new UpgradeFiles(hosts).recall('web1')).toEqual(record)
  expect(memory.recall('../web2')?.image).toBeNull()
  expect(readdirSync(dir)).toEqual(['hosts'])
  expect(statSync(hosts).mode & 0o777).toBe(0o700)
  for (const file of readdirSync(hosts)) expect(statSync(join(hosts, file)).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(hosts, 'web1.known_hosts'), 'utf8')).toBe('upgrade-image ssh-ed25519 AAAA\n')
  await memory.forget('web1')
  expect(readdirSync(hosts).filter((name) => name.startsWith('web1'))).toEqual([])
  await memory.forget('web1')
  expect(memory.recall('web1')).toBeUndefined()
})

test.each(['', '{', '{"version":2}', JSON.stringify({ ...record, plan: 'x' })])(
  'a damaged record is an error that names the file: %j',
  (text) => {
    const file = join(dir, 'web1.json')
    writeFileSync(file, text)
    expect(() => new UpgradeFiles(dir).recall('web1')).toThrow(UserError)
    expect(() => new UpgradeFiles(dir).recall('web1')).toThrow(file)
    expect(readFileSync(file, 'utf8')).toBe(text)
  },
)

test('a record that can not be written is an error: nothing may be rebooted then', async () => {
  const file = join(dir, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o400)
  await expect(new UpgradeFiles(join(file, 'hosts')).remember('web1', record)).rejects.toThrow(UserError)
})
