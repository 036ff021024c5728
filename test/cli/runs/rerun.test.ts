import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hostsDone } from '../../../src/cli/runs/progress-of.ts'
import { pinned, rerunHosts } from '../../../src/cli/runs/rerun.ts'
import { makeRunDir } from '../../../src/events/state-dir.ts'
import type { EventBody } from '../../../src/events/types.ts'

const RUN = '20261123T051334Z-ab12'
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rerun-'))
  vi.stubEnv('XDG_STATE_HOME', dir)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(dir, { recursive: true, force: true })
})

const result = (host: string, status: 'ok' | 'changed' | 'failed' | 'refused' | 'unreachable' | 'overdue', step = 0) =>
  ({ type: 'host_result', play: 0, batch: 0, step, host, status, ms: 1 }) satisfies EventBody

const ALL = ['well', 'changed', 'failed', 'refused', 'lost', 'late']
const RESULTS = [
  result('well', 'ok'),
  result('well', 'ok', 1),
  result('changed', 'changed'),
  result('failed', 'failed'),
  result('refused', 'refused'),
  result('lost', 'unreachable'),
  result('late', 'overdue'),
]

/** A journal without an end: of a run that was killed hosts can be chosen too. */
function journal(more: object = {}, hosts: readonly string[] = ALL, results: readonly EventBody[] = RESULTS): string {
  const bodies: EventBody[] = [
    {
      type: 'run_started',
      mode: 'apply',
      playbooks: ['/p.yml'],
      version: '0',
      user: 'u',
      controller: 'c',
      forks: 1,
      diff: false,
      hosts: 6,
      ...more,
    },
    {
      type: 'play_started',
      play: 0,
      name: 'p',
      hosts,
      batches: 1,
      steps: [1, 2].map((n) => ({ name: `${n}`, task: 'ping' })),
    },
    ...results,
  ]
  const path = join(makeRunDir(RUN), 'events.ndjson')
  const lines = bodies.map((body, i) =>
    JSON.stringify({ v: 1, seq: i + 1, t: '2026-11-23T05:13:34.000Z', run: RUN, ...body }),
  )
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const inventory = (...names: string[]) => ({ hosts: new Map(names.map((name) => [name, {}])) }) as never
const all = inventory('well', 'changed', 'failed', 'refused', 'lost', 'late')

test.each([
  ['failed', ['failed', 'late', 'refused']],
  ['unreachable', ['lost']],
  ['changed', ['changed']],
  ['unreachable,changed', ['changed', 'lost']],
])('--rerun %s', async (what, hosts) => {
  journal()
  expect(await rerunHosts([what, 'last'], all, undefined, false)).toEqual({ of: RUN, hosts: new Set(hosts) })
})

test.each([
  ['left-out', ['out']],
  ['not-done', ['halfway', 'out', 'waiting']],
  ['failed,left-out', ['failed', 'out']],
])('--rerun %s: the hosts that `runs` counts as not done', async (what, hosts) => {
  const names = ['failed', 'halfway', 'out', 'waiting', 'well']
  const out = { play: 0, batch: 0, step: 0, host: 'out', state: 'left-out', message: 'left out' } as const
  journal({}, names, [
    result('well', 'ok'),
    result('well', 'ok', 1),
    result('failed', 'failed'),
    result('halfway', 'changed'),
    { type: 'host_steered', ...out },
  ])
  const chosen = await rerunHosts([what, 'last'], inventory(...names), undefined, false)
  expect([...chosen.hosts].sort()).toEqual(hosts)
})

test('the limit holds as well, and nothing left is an error', async () => {
  journal()
  expect((await rerunHosts(['failed', 'ab12'], all, new Set(['late', 'well']), false)).hosts).toEqual(new Set(['late']))
  await expect(rerunHosts(['failed', 'last'], all, new Set(['well']), false)).rejects.toThrow(/the limit leaves none\n/)
  await expect(rerunHosts(['failed,gone', 'last'], all, undefined, false)).rejects.toThrow(
    '"gone" is no result of a host',
  )
  await expect(rerunHosts(['failed', 'last'], inventory('late'), undefined, false)).rejects.toThrow(
    '--rerun: not in the inventory any more: failed, refused\n',
  )
})

test('hosts of a rehearsal are chosen for a rehearsal only', async () => {
  journal({ rehearsal: 'REHEARSAL' })
  await expect(rerunHosts(['failed', 'last'], all, undefined, false)).rejects.toThrow(
    /was a rehearsal, in which no host was touched\n/,
  )
  expect((await rerunHosts(['unreachable', 'last'], all, undefined, true)).hosts).toEqual(new Set(['lost']))
})

test('what is recorded names the run by its id', () => {
  const rerun = { of: RUN, hosts: new Set<string>() }
  expect(pinned(['--rerun', 'failed', 'last', 'last'], rerun)).toEqual(['--rerun', 'failed', RUN, 'last'])
  expect(pinned(['x.yml', '--rerun=failed', 'ab12'], rerun)).toEqual(['x.yml', '--rerun=failed', RUN])
  expect(pinned(['last'], undefined)).toEqual(['last'])
})

test('a host is done when it has done the last step', async () => {
  expect(await hostsDone(journal())).toEqual({ done: 1, all: 6 })
})
