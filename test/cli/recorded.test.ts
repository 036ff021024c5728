import { existsSync, fdatasync, ftruncateSync, mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { recorded } from '../../src/cli/recorded.ts'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { Journal, type JournalDisk } from '../../src/events/journal.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'recorded-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const DISK: JournalDisk = {
  write: (fd, data, from) => writeSync(fd, data, from),
  truncate: ftruncateSync,
  sync: fdatasync,
}

function begun(disk: Partial<JournalDisk>): Journal {
  const journal = new Journal(dir, { disk: { ...DISK, ...disk } })
  journal.sink({ v: 1, seq: 1, t: '2026-11-23T05:13:34.567Z', run: 'r', type: 'warning', message: 'x' })
  return journal
}

const full = () => {
  throw new Error('ENOSPC: no space left on device')
}

test.each<[string, Partial<JournalDisk>]>([
  ['without a byte of room', { write: full }],
  ['with room for a part', { write: (fd, data, from) => (from > 0 ? full() : writeSync(fd, data, from, 20)) }],
  ['that has no room when it is flushed', { sync: (_, done) => done(new Error('ENOSPC: no space left on device')) }],
])('on a disk %s nothing starts, and nothing is left of it', async (_, disk) => {
  const journal = begun(disk)
  const error = await recorded(journal).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UserError)
  expect((error as UserError).kind).not.toBe('usage')
  expect((error as Error).message).toMatch(
    new RegExp(
      `^the journal ${journal.path} cannot be written: ENOSPC.* \\(\\d+ of \\d+ MiB are free\\)\\n  nothing was started`,
    ),
  )
  expect(existsSync(dir)).toBe(false)
})

test('what is on the disk may start', async () => {
  const journal = begun({})
  await recorded(journal)
  journal.close()
  expect(existsSync(journal.path)).toBe(true)
})
