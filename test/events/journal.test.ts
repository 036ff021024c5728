import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { HostLogs, logName } from '../../src/events/host-logs.ts'
import { Journal, type JournalDisk } from '../../src/events/journal.ts'
import { JournalLines } from '../../src/events/journal-lines.ts'
import { allEvents } from '../../src/events/read-journal.ts'
import { newRunId } from '../../src/events/run-id.ts'
import { makeRunDir, runsDir } from '../../src/events/state-dir.ts'
import type { RunEvent } from '../../src/events/types.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function event(seq: number, message = 'x'): RunEvent {
  return { v: 1, seq, t: '2026-11-23T05:13:34.567Z', run: 'r', type: 'warning', message }
}

function countingDisk(): { disk: JournalDisk; syncs: () => number } {
  let syncs = 0
  const disk: JournalDisk = {
    write: (fd, data, from) => writeSync(fd, data, from),
    truncate: ftruncateSync,
    sync: (fd, done) => {
      syncs++
      fdatasync(fd, done)
    },
  }
  return { disk, syncs: () => syncs }
}

test('what was durable is in the file, and is read back', async () => {
  const journal = new Journal(dir)
  journal.sink(event(1))
  await journal.durable()
  expect(readFileSync(journal.path, 'utf8')).toBe(`${JSON.stringify(event(1))}\n`)
  journal.sink(event(2))
  journal.close()
  expect(await allEvents(journal.path)).toEqual([event(1), event(2)])
  expect(statSync(journal.path).mode & 0o777).toBe(0o600)
})

test('hosts that wait together share one fsync, and none is lost between two', async () => {
  const { disk, syncs } = countingDisk()
  const journal = new Journal(dir, { disk })
  const waits: Promise<void>[] = []
  for (let i = 1; i <= 200; i++) {
    journal.sink(event(i))
    waits.push(journal.durable())
  }
  await Promise.all(waits)
  expect(syncs()).toBe(1)
  const late = journal.durable()
  journal.sink(event(201))
  await Promise.all([late, journal.durable()])
  expect(syncs()).toBe(2)
  expect(await allEvents(journal.path)).toHaveLength(201)
  journal.close()
})

test('a full disk stops new changes, once and clearly, and leaves whole lines only', async () => {
  const heard: UserError[] = []
  let room = 150
  const disk: JournalDisk = {
    ...countingDisk().disk,
    write: (fd, data, from) => {
      if (room === 0) throw new Error('ENOSPC: no space left on device')
      const written = writeSync(fd, data, from, Math.min(room, data.length - from))
      room -= written
      return written
    },
  }
  const journal = new Journal(dir, { disk, onError: (error) => heard.push(error) })
  journal.sink(event(1))
  await journal.durable()
  journal.sink(event(2))
  await expect(journal.durable()).rejects.toThrow(/cannot be written: ENOSPC.*\n.*no new change is started/)
  await expect(journal.durable()).rejects.toBeInstanceOf(UserError)
  journal.sink(event(3))
  journal.close()
  expect(heard).toHaveLength(1)
  expect(await allEvents(journal.path)).toEqual([event(1)])
})

test('an fsync that fails is a journal that failed', async () => {
  const disk: JournalDisk = { ...countingDisk().disk, sync: (_, done) => done(new Error('EIO: i/o error')) }
  const journal = new Journal(dir, { disk })
  journal.sink(event(1))
  await expect(journal.durable()).rejects.toThrow('EIO')
  expect(journal.error).toBeInstanceOf(UserError)
})

test('a torn last line is tolerated, a broken one in the middle is named', () => {
  const line = JSON.stringify(event(1))
  const torn = new JournalLines('j')
  expect([...torn.push(Buffer.from(`${line}\n${line.slice(0, 20)}`))]).toEqual([event(1)])
  expect(torn.torn).toBe(true)
  expect(() => [...new JournalLines('j').push(Buffer.from(`${line}\n{oops\n${line}\n`))]).toThrow(
    'j:2: not a line of a journal',
  )
})

test('events come out the same however the bytes are cut', () => {
  const events = [event(1, 'ü\u{1f600}'), event(2), event(3, '\u2028')]
  const bytes = Buffer.from(events.map((one) => `${JSON.stringify(one)}\n`).join(''))
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const lines = new JournalLines('j')
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const read = edges.slice(1).flatMap((to, i) => [...lines.push(bytes.subarray(edges[i], to))])
      expect(read).toEqual(events)
      expect(lines.torn).toBe(false)
    }),
  )
})

test('run directories are private, and a stranger in their place is refused', () => {
  const path = makeRunDir('r1', { XDG_STATE_HOME: dir })
  expect(path).toBe(join(dir, 'upgrade-push', 'runs', 'r1'))
  for (const each of [path, join(path, 'hosts'), runsDir({ XDG_STATE_HOME: dir })]) {
    expect(statSync(each).mode & 0o777).toBe(0o700)
  }
  expect(runsDir({ XDG_STATE_HOME: 'relative', HOME: '/home/u' })).toBe('/home/u/.local/state/upgrade-push/runs')
  closeSync(openSync(join(dir, 'file'), 'w'))
  expect(() => makeRunDir('r2', { XDG_STATE_HOME: join(dir, 'file') })).toThrow(/XDG_STATE_HOME/)
})

test('run ids sort by time', () => {
  const early = newRunId(new Date('2026-11-23T05:13:34.999Z'), () => Uint8Array.of(0xab, 0x12))
  expect(early).toBe('20261123T051334Z-ab12')
  expect(newRunId(new Date('2026-11-23T05:13:35Z')) > early).toBe(true)
})

test('a host log keeps every line, escaped and bounded', () => {
  const logs = new HostLogs(dir, { maxBytes: 400 })
  const head = { v: 1, seq: 1, t: 'T', run: 'r', play: 0, batch: 0, step: 0, host: 'a/../b' } as const
  logs.sink({ ...head, type: 'progress', line: 'fine \x1b[2J' })
  logs.sink({ ...head, type: 'host_result', status: 'failed', message: 'bad', ms: 1, result: { stderr: 'e1\ne2\n' } })
  for (let i = 0; i < 50; i++) logs.sink({ ...head, type: 'progress', line: 'noise' })
  logs.flush()
  const text = readFileSync(join(dir, 'a%2f..%2fb.log'), 'utf8')
  expect(text.startsWith('T   fine \\x1b[2J\nT <- failed: bad\nT [stderr]\nT e1\nT e2\n')).toBe(true)
  expect(text.endsWith('(this log is full at 400 bytes; the rest is dropped)\n')).toBe(true)
  expect(text.length).toBeLessThan(500)
})

test('log names stay in their directory and apart', () => {
  expect(logName('..')).toBe('%2e.')
  expect(logName('.')).toBe('%2e')
  expect(logName('web1.example.com')).toBe('web1.example.com')
  expect(logName('x'.repeat(300))).not.toBe(logName('x'.repeat(301)))
})

test('a log that cannot be written is reported once and ends', () => {
  const heard: Error[] = []
  writeFileSync(join(dir, 'plain'), '')
  const logs = new HostLogs(join(dir, 'plain'), { onError: (error) => heard.push(error) })
  const head = { v: 1, seq: 1, t: 'T', run: 'r', play: 0, batch: 0, step: 0 } as const
  for (const host of ['a', 'b']) logs.sink({ ...head, host, type: 'progress', line: 'x' })
  logs.flush()
  expect(heard).toHaveLength(1)
})
