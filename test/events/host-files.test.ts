import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HostFiles } from '../../src/events/host-files.ts'
import { Redactor } from '../../src/events/redactor.ts'

let dir: string
let errors: string[]
let files: HostFiles
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'host-files-'))
  errors = []
  const redactor = new Redactor()
  redactor.add('hunter2zz')
  files = new HostFiles(dir, { redactor, onError: (host, error) => errors.push(`${host}: ${error.message}`) })
})
afterEach(() => rmSync(dir, { recursive: true }))

test('what a host says is kept readable for its owner alone, without secrets and without what drives a terminal', () => {
  const path = files.keep('web1', 'upgrade.log', 'a\u001b[2J\r\npass hunter2zz\n')
  expect(path).toBe(join(dir, 'web1.upgrade.log'))
  expect(readFileSync(path as string, 'utf8')).toBe('a\\x1b[2J\npass ********\n')
  expect(statSync(path as string).mode & 0o777).toBe(0o600)
})

test('a name that leads elsewhere stays in the folder; the later text takes the place of the earlier', () => {
  files.keep('../../x', 'upgrade.log', 'one')
  const path = files.keep('../../x', 'upgrade.log', 'two') as string
  expect(path.slice(dir.length + 1)).not.toContain('/')
  expect(readFileSync(path, 'utf8')).toBe('two\n')
})

test('of too much the end', () => {
  const path = files.keep('web1', 'upgrade.log', `${'x\n'.repeat(3_000_000)}the end\n`) as string
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(/^\(the last 4194304 of 6000008 characters\)\nx\n/)
  expect(text.endsWith('x\nthe end\n')).toBe(true)
})

test('a place that can not be written is told, and nothing is thrown', () => {
  mkdirSync(join(dir, 'web1.upgrade.log'))
  expect(files.keep('web1', 'upgrade.log', 'x')).toBeUndefined()
  expect(errors).toEqual([expect.stringMatching(/^web1: EISDIR/)])
})
