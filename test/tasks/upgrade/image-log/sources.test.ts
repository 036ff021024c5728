import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogPart } from '../../../../src/tasks/contract.ts'
import { logPart, systemLogs, withoutBoot } from '../../../../src/tasks/upgrade/image-log/sources.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-log-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(name: string, text: string): void {
  const path = join(root, 'var/log/upgrade-push', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** What a host answers to the scripts. */
function read(): LogPart[] {
  return systemLogs(root).flatMap((source) => {
    const stdout = execFileSync('sh', ['-c', source.script], { encoding: 'utf8', maxBuffer: 1 << 20 })
    return logPart(source, stdout) ?? []
  })
}

test('each log that is there is read whole, and the scripts of one moment together', () => {
  write('initramfs.log', 'one\ntwo\n')
  write('finish.log', '')
  write('first-boot/10-a.log', 'a\n')
  write('first-boot/20-b.log', 'b\n')
  expect(read()).toEqual([
    { name: `${root}/var/log/upgrade-push/initramfs.log`, bytes: 8, text: 'one\ntwo\n', cut: false },
    { name: `${root}/var/log/upgrade-push/first-boot/*.log`, bytes: 4, text: 'a\nb\n', cut: false },
  ])
})

test('a host without logs has no parts', () => {
  expect(read()).toEqual([])
})

test('of a long log the last whole lines are read, within what one answer may hold', () => {
  const line = (i: number) => `${String(i).padStart(7, '0')} ${'x'.repeat(91)}\n`
  write('initramfs.log', Array.from({ length: 30_000 }, (_, i) => line(i)).join(''))
  const [part] = read()
  expect(part).toMatchObject({ bytes: 3_000_000, cut: true })
  const lines = part?.text.split('\n') ?? []
  expect(lines.at(-2)).toBe(line(29_999).trimEnd())
  expect(lines[0]).toMatch(/^00\d{5} x{91}$/)
  expect(part?.text.length).toBeGreaterThan(1_000_000)
})

test('of a line without an end nothing is kept: it may begin in the middle of a secret', () => {
  write('transaction.log', 'x'.repeat(300_000))
  expect(read()).toMatchObject([{ text: '', cut: true, bytes: 300_000 }])
})

test.each(['', 'no head', '\n', '5\n'])('an answer that is none: %j', (stdout) => {
  expect(logPart({ name: 'n', script: '', most: 10 }, stdout)).toBeUndefined()
})

test('how long a journal is shows by what was read of it', () => {
  const source = { name: 'journal', script: '', most: 10 }
  expect(logPart(source, '?\nshort\n')).toEqual({ name: 'journal', bytes: undefined, text: 'short\n', cut: false })
  expect(logPart(source, '?\ntail\nlast\n')).toEqual({ name: 'journal', bytes: undefined, text: 'last\n', cut: true })
})

test('what the boot that runs saved is left out, and what earlier ones saved is kept', () => {
  const part = (text: string): LogPart => ({ name: 'n', bytes: 1, text, cut: false })
  const head = (boot: string) => `### upgrade-push: initramfs, boot ${boot}, saved 2026-11-23T08:00:00Z\n`
  const both = part(`${head('a')}old\n${head('b')}now\n${head('b')}again\n`)
  expect(withoutBoot(both, 'b')).toEqual(part(`${head('a')}old\n`))
  expect(withoutBoot(both, 'c')).toEqual(both)
  expect(withoutBoot(part(`${head('b')}now\n`), 'b')).toBeUndefined()
})
