import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ImageLogs } from '../../src/events/image-logs.ts'
import { Redactor } from '../../src/events/redactor.ts'
import type { LogPart } from '../../src/tasks/contract.ts'

let dir: string
let redactor: Redactor
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'image-logs-'))
  redactor = new Redactor()
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function part(text: string, more: Partial<LogPart> = {}): LogPart {
  return { name: '/var/log/upgrade-push/initramfs.log', bytes: text.length, text, cut: false, ...more }
}

test('is private, harmless on a terminal, and without secrets', async () => {
  redactor.add('hunter2hunter2')
  const path = join(dir, 'image-logs/web1.log')
  const text = 'a \x1b[31mred\x1b]0;title\x07 line\r\nthe password is hunter2hunter2\n'
  expect(await new ImageLogs(dir, redactor).keep('web1', [part(text)])).toEqual({ path })
  expect(readFileSync(path, 'utf8')).toBe(
    '==> /var/log/upgrade-push/initramfs.log <==\na \\x1b[31mred\\x1b]0;title\\x07 line\nthe password is ********\n\n',
  )
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir, 'image-logs')).mode & 0o777).toBe(0o700)
})

test('says what was left out, of what the host had more of and of what grew by being escaped', async () => {
  const logs = new ImageLogs(dir, redactor, { maxBytes: 40 })
  const long = Array.from({ length: 9 }, (_, i) => `line ${i} \x1b\x1b\n`).join('')
  await logs.keep('web1', [
    part('tail\n', { cut: true, bytes: 5_000_000 }),
    part(long, { name: 'journal', bytes: undefined }),
  ])
  expect(readFileSync(join(dir, 'image-logs/web1.log'), 'utf8')).toBe(
    '==> /var/log/upgrade-push/initramfs.log: its last lines, 5000000 bytes in all; what came before is on the host only <==\ntail\n\n' +
      '==> journal: its last lines; what came before is on the host only <==\nline 7 \\x1b\\x1b\nline 8 \\x1b\\x1b\n\n',
  )
})

test('a host’s name leads nowhere else, and takes no other host’s file', async () => {
  const logs = new ImageLogs(dir, redactor)
  for (const host of ['../x', 'web1', 'web1.log', `${'a'.repeat(300)}`]) await logs.keep(host, [part(`${host}\n`)])
  expect(readdirSync(dir)).toEqual(['image-logs'])
  const names = readdirSync(join(dir, 'image-logs'))
  expect(names).toHaveLength(4)
  expect(names).toEqual(expect.arrayContaining(['%2e.%2fx.log', 'web1.log', 'web1.log.log']))
})

test('a later one takes the place of the first', async () => {
  const logs = new ImageLogs(dir, redactor)
  await logs.keep('web1', [part('first and longer\n')])
  await logs.keep('web1', [part('second\n')])
  expect(readFileSync(join(dir, 'image-logs/web1.log'), 'utf8')).toContain('second')
  expect(readFileSync(join(dir, 'image-logs/web1.log'), 'utf8')).not.toContain('first')
})

test('a disk that fails costs the log, and leaves nothing half-written', async () => {
  writeFileSync(join(dir, 'image-logs'), 'in the way')
  const kept = await new ImageLogs(dir, redactor).keep('web1', [part('text\n')])
  expect(kept).toEqual({ missing: expect.stringMatching(/^it can't be written: E/) })
  expect(readdirSync(dir)).toEqual(['image-logs'])
})
