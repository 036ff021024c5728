import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { journalEnds } from '../../src/events/journal-ends.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ends-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function ends(text: string) {
  const path = join(dir, 'events.ndjson')
  writeFileSync(path, text)
  return journalEnds(path)
}

const line = (seq: number, message = 'x') =>
  JSON.stringify({ v: 1, seq, t: '2026-11-23T05:13:34.567Z', run: 'r', type: 'warning', message })

test('first and last event, however long they are and whatever is between', () => {
  for (const long of [1, 20_000, 300_000]) {
    const text = 'y'.repeat(long)
    const journal = `${[line(1, text), ...Array.from({ length: 50 }, (_, i) => line(i + 2, 'z'.repeat(997))), line(52, text)].join('\n')}\n`
    expect(ends(journal)).toMatchObject({ first: { seq: 1, message: text }, last: { seq: 52, message: text } })
  }
})

test('a torn last line is left out, and so is a torn only one', () => {
  expect(ends(`${line(1)}\n${line(2)}\n${line(3).slice(0, 30)}`)).toMatchObject({ first: { seq: 1 }, last: { seq: 2 } })
  expect(ends(`${line(1)}\n${line(2).slice(0, 30)}`)).toMatchObject({ first: { seq: 1 }, last: { seq: 1 } })
  expect(ends(line(1).slice(0, 30))).toEqual({ first: undefined, last: undefined })
  expect(ends('')).toEqual({ first: undefined, last: undefined })
})

test('what is no journal is named', () => {
  expect(() => ends('hello\n')).toThrow(/events.ndjson:1: not a line of a journal/)
  expect(() => journalEnds(join(dir, 'nowhere'))).toThrow(/cannot read the journal/)
})
