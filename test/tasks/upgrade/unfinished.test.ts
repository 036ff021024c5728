import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/tasks/upgrade/digest.ts'
import { STATE } from '../../../src/tasks/upgrade/layout.ts'
import { UNFINISHED } from '../../../src/tasks/upgrade/transaction/unfinished.ts'

// The shell itself, in a folder that stands for the state folder.

let state: string
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'unfinished-'))
})
afterEach(() => rmSync(state, { recursive: true }))

const SUMS = 'the frozen plan\n'
const PLAN = sha256(SUMS)
const BEGUN = '{"t": "x", "event": "first-change"}\n{"t": "x", "event": "started"}\n'
const COMPLETE = `${BEGUN}{"t": "x", "event": "complete"}\n`
const marker = `run r\nplan ${PLAN}\nfrom 8.0\n`
const upgraded = (plan: string) => `{\n  "plan": "${plan}",\n  "outcome": "upgraded",\n  "release": null\n}\n`

function unfinished(files: Record<string, string>, shell: string): boolean {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(state, name)), { recursive: true })
    writeFileSync(join(state, name), text)
  }
  const script = `set -u\n${UNFINISHED.replaceAll(STATE, state)}\nif unfinished; then echo yes; else echo no; fi`
  const { stdout, stderr } = spawnSync(shell, ['-c', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout === 'yes\n'
}

describe.each(['dash', 'bash'])('a host on which a transaction was begun, under %s', (shell) => {
  test.each<[what: string, expected: boolean, files: Record<string, string>]>([
    ['neither journal nor marker', false, {}],
    ['a journal without a change', false, { 'progress.jsonl': '{"t": "x", "event": "phase"}\n' }],
    ['the journal alone: the disk was full', true, { 'progress.jsonl': BEGUN }],
    ['the marker alone: the journal was lost', true, { changed: marker }],
    ['both', true, { 'progress.jsonl': BEGUN, changed: marker }],
    ['an empty marker', true, { changed: '' }],
    [
      'a journal that is cut off in its last line',
      true,
      { 'progress.jsonl': `${BEGUN}{"t": "x", "ev`, changed: marker },
    ],
  ])('%s', (_, expected, files) => {
    expect(unfinished({ 'plan.sums': SUMS, ...files }, shell)).toBe(expected)
  })

  test('a complete transaction counts as finished once the recovery entry is gone', () => {
    const files = { 'plan.sums': SUMS, 'progress.jsonl': COMPLETE, changed: marker }
    expect(unfinished(files, shell)).toBe(false)
    expect(unfinished({ 'boot/before': 'unset\n' }, shell)).toBe(true)
  })

  test('the result counts where it is that of this plan', () => {
    const files = { 'plan.sums': SUMS, 'progress.jsonl': BEGUN, changed: marker }
    expect(unfinished({ ...files, 'result.json': upgraded(PLAN) }, shell)).toBe(false)
    expect(unfinished({ ...files, 'result.json': upgraded(sha256('another')) }, shell)).toBe(true)
    expect(unfinished({ ...files, 'result.json': upgraded(PLAN).replace('upgraded', 'failed') }, shell)).toBe(true)
  })

  test('the result counts without a plan that would say otherwise', () => {
    expect(unfinished({ 'progress.jsonl': BEGUN, 'result.json': upgraded(PLAN) }, shell)).toBe(false)
  })
})
