import { ftruncateSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listLines } from '../../../src/cli/runs/list-lines.ts'
import { allRuns } from '../../../src/cli/runs/run-files.ts'
import { summarise } from '../../../src/cli/runs/summary.ts'
import { Journal, type JournalDisk } from '../../../src/events/journal.ts'
import { makeRunDir } from '../../../src/events/state-dir.ts'
import type { RunEvent } from '../../../src/events/types.ts'
import { processIdentity } from '../../../src/remote/lock/holder.ts'

const RUN = '20261123T051334Z-ab12'
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'runs-'))
  vi.stubEnv('XDG_STATE_HOME', dir)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(dir, { recursive: true, force: true })
})

const STARTED = {
  v: 1,
  seq: 1,
  t: '2026-11-23T05:13:34.000Z',
  run: RUN,
  type: 'run_started',
  mode: 'apply',
  playbooks: ['/srv/site/upgrade.yml'],
  version: '0.1.0',
  user: 'op',
  controller: os.hostname(),
  forks: 32,
  diff: false,
  hosts: 5,
}
const COUNTS = { ok: 1, changed: 0, deferred: 0, unreachable: 0, failed: 0, skipped: 0, ignored: 0 }
const WARNING = { v: 1, seq: 2, t: '2026-11-23T05:14:34.000Z', run: RUN, type: 'warning', message: 'x' }

function journal(...events: unknown[]): void {
  const path = makeRunDir(RUN)
  writeFileSync(join(path, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

test('a run that ended: hosts are counted once each, the worst thing first', () => {
  const recap = {
    a: COUNTS,
    b: { ...COUNTS, changed: 2 },
    c: { ...COUNTS, changed: 1, failed: 1 },
    d: { ...COUNTS, overdue: 1 },
    f: { ...COUNTS, leftOut: 1 },
    e: { ...COUNTS, failed: 1, unreachable: 1 },
    g: { ...COUNTS, changed: 1, stopped: 1 },
    h: { ...COUNTS, notBegun: 1 },
    i: { ...COUNTS, notBegun: 1 },
  }
  journal(STARTED, { ...WARNING, type: 'run_finished', outcome: 'unreachable', exitCode: 4, recap, ms: 125_000 })
  const summary = summarise(RUN)
  expect(summary).toMatchObject({
    condition: 'unreachable',
    ms: 125_000,
    tally: { ok: 1, changed: 1, failed: 2, unreachable: 1, stopped: 1, notBegun: 2, leftOut: 1 },
  })
  expect(listLines([summary])[1]).toMatch(
    /^20261123T051334Z-ab12 {2}2026-11-2\d \d\d:13:34 {2}2 min 05 s {2}apply +upgrade\.yml +5 +1 +1 +2 +1 +4 +unreachable$/,
  )
})

test.each([
  ['running', { ...STARTED, process: processIdentity() }],
  ['cut off', { ...STARTED, process: { ...processIdentity(), startTime: '1' } }],
  ['cut off', { ...STARTED, process: { ...processIdentity(), bootId: 'another boot' } }],
  ['cut off', STARTED],
  ['elsewhere', { ...STARTED, controller: 'another', process: processIdentity() }],
])('without an end: %s', (condition, first) => {
  journal(first, WARNING)
  expect(summarise(RUN, Date.parse('2026-11-23T06:13:34.000Z'))).toMatchObject({
    condition,
    ms: condition === 'running' ? 3_600_000 : 60_000,
  })
})

test.each([
  ['', 'cut off', 'before it wrote anything'],
  ['garbage\n', 'unreadable', 'not a line of a journal'],
  [`${JSON.stringify(WARNING)}\n`, 'unreadable', 'does not begin with a run'],
  [`${JSON.stringify({ ...STARTED, v: 9 })}\n`, 'unreadable', 'format version 9 is newer'],
  [`${JSON.stringify({ ...STARTED, v: undefined })}\n`, 'cut off', undefined],
])('a journal of %j is %s', (text, condition, problem) => {
  writeFileSync(join(makeRunDir(RUN), 'events.ndjson'), text)
  const summary = summarise(RUN)
  expect(summary.condition).toBe(condition)
  if (problem === undefined) expect(summary.problem).toBeUndefined()
  else expect(summary.problem).toContain(problem)
  expect(listLines([summary])[1]).toContain(problem ?? 'cut off')
})

test('a run whose disk became full is one that was cut off', async () => {
  let room = 1
  const disk: JournalDisk = {
    write: (fd, data, from) => {
      if (room-- === 0) throw new Error('ENOSPC: no space left on device')
      return writeSync(fd, data, from)
    },
    truncate: ftruncateSync,
    sync: (_, done) => done(null),
  }
  const full = new Journal(makeRunDir(RUN), { disk })
  full.sink(STARTED as RunEvent)
  await full.durable()
  full.sink(WARNING as RunEvent)
  full.close()
  expect(full.error?.message).toContain('ENOSPC')
  expect(summarise(RUN)).toMatchObject({ condition: 'cut off', hosts: 5 })
})

test('a rehearsal: when it was really started, and the time of its hosts so far', () => {
  const rehearsal = { rehearsal: 'simulated hosts', speed: 500, t: '2026-11-23T09:40:00.000Z' }
  journal({ ...STARTED, process: processIdentity(), ...rehearsal }, { ...WARNING, t: '2026-11-23T11:40:00.000Z' })
  expect(summarise(RUN, Date.parse('2026-11-23T05:13:40.000Z'))).toMatchObject({
    condition: 'running',
    started: '2026-11-23T05:13:34.000Z',
    speed: 500,
    ms: 7_200_000,
  })
})

test('of two runs of one second the later made one is the newer, whatever its id', async () => {
  const [plan, apply] = ['20261123T094310Z-e309', '20261123T094310Z-0e09']
  makeRunDir(plan)
  await new Promise((resolve) => setTimeout(resolve, 20))
  for (const run of [apply, '20261123T094309Z-ffff', '20261123T094311Z-0000']) makeRunDir(run)
  expect(allRuns()).toEqual(['20261123T094311Z-0000', apply, plan, '20261123T094309Z-ffff'])
})

test('80 columns hold a row of any run: the id has the time, and playbooks give way', () => {
  const counts = (more: object) => ({ ...COUNTS, ...more })
  const recap = Object.fromEntries([
    ...Array.from({ length: 1000 }, (_, i) => [`web${i}`, counts({ changed: 1 })]),
    ['lost', counts({ unreachable: 1 })],
    ['out', counts({ leftOut: 1 })],
  ])
  const end = { ...WARNING, type: 'run_finished', outcome: 'unreachable', exitCode: 4, recap, ms: 2_467_000 }
  journal({ ...STARTED, rehearsal: 'x', resumes: '20261122T200501Z-0c3d' }, end)
  const summary = summarise(RUN)
  for (const columns of [80, 100]) {
    const [head, row] = listLines([summary], columns)
    expect(row?.length).toBeLessThanOrEqual(columns)
    expect(head).toMatch(/^RUN +TOOK MODE +PLAYB\S+ +WELL FAIL UNR NOT OUTCOME$/)
    expect(row).toMatch(/^20261123T051334Z-ab12 41m07s rehearsal upgrad\S* +1000 +0 +1 +1 unreachable/)
  }
  expect(listLines([summary], 200)[1]).toContain('(resumes 20261122T200501Z-0c3d)')
  const broken = { run: RUN, condition: 'unreadable', playbooks: [], problem: 'not a line of a journal: 7' } as const
  expect(listLines([broken], 80)[1]).toContain('unreadable: not a line of a journal: 7')
})

test('only runs are listed, newest first', () => {
  expect(allRuns()).toEqual([])
  for (const run of ['20261120T000000Z-1234', RUN]) makeRunDir(run)
  mkdirSync(join(dir, 'upgrade-push/runs/something-else'))
  expect(allRuns()).toEqual([RUN, '20261120T000000Z-1234'])
})

test('what a journal says can not drive the terminal', () => {
  journal({ ...STARTED, playbooks: ['/x/\x1b[2Jevil.yml'] }, WARNING)
  expect(listLines([summarise(RUN)]).join('\n')).toMatch(/\\x1b\[2Jevil\.yml/)
})
