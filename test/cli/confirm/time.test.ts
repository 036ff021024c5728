import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { pastDurations } from '../../../src/cli/confirm/durations.ts'
import { estimateTime } from '../../../src/cli/confirm/time.ts'
import type { EventBody, Mode, Status } from '../../../src/events/types.ts'
import type { PlannedPlaybook } from '../../../src/plan/playbooks.ts'
import { hostPlan, pending } from './plans.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'upgrade-push-runs-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function journal(run: string, mode: Mode, results: readonly (readonly [step: number, status: Status, ms: number])[]) {
  const events: EventBody[] = [
    {
      type: 'run_started',
      mode,
      playbooks: [],
      version: '0',
      user: '',
      controller: '',
      forks: 1,
      diff: false,
      hosts: 1,
    },
    {
      type: 'play_started',
      play: 0,
      name: '',
      hosts: ['a'],
      batches: 1,
      steps: [
        { name: 'x', task: 'task1' },
        { name: 'y', task: 'task2' },
      ],
    },
    ...results.map(
      ([step, status, ms]): EventBody => ({ type: 'host_result', play: 0, batch: 0, step, host: 'a', status, ms }),
    ),
  ]
  mkdirSync(join(dir, run))
  const lines = events.map((event, i) => JSON.stringify({ v: 1, seq: i + 1, t: '', run, ...event }))
  writeFileSync(join(dir, run, 'events.ndjson'), `${lines.join('\n')}\n`)
}

it('knows steps that really were done by past applies, and nothing else', async () => {
  journal('1', 'apply', [
    [0, 'changed', 2000],
    [0, 'changed', 4000],
    [1, 'ok', 9],
  ])
  journal('2', 'check', [[0, 'changed', 1]])
  mkdirSync(join(dir, '3'))
  writeFileSync(join(dir, '3', 'events.ndjson'), 'no journal\n')
  mkdirSync(join(dir, '4'))
  expect(await pastDurations(dir)).toEqual(new Map([['task1', { low: 2000, high: 4000, hosts: 2 }]]))
})

it('knows nothing where nothing ever ran', async () => {
  expect(await pastDurations(join(dir, 'nowhere'))).toEqual(new Map())
})

const play = (batches: string[][], long: readonly string[], freeForm: readonly string[] = []): PlannedPlaybook[] => {
  const steps = ['task1', 'task2'].map((task) => ({
    node: { task },
    plugin: {
      ...(long.includes(task) && { apply: () => ({}) }),
      ...(freeForm.includes(task) && { freeForm: 'cmd' }),
    },
  }))
  return [{ playbook: {}, plays: [{ index: 0, batches, steps }] }] as unknown as PlannedPlaybook[]
}

it('batches follow each other, and within one the forks', () => {
  const plans = new Map(['a', 'b', 'c', 'd'].map((host) => [host, hostPlan(host, [pending(0, 'x')])]))
  plans.set('d', hostPlan('d', []))
  const past = new Map([['task1', { low: 10, high: 20, hosts: 7 }]])
  const times = (batches: string[][], forks: number) => estimateTime(plans, play(batches, []), past, forks)
  expect(times([['a', 'b', 'c', 'd']], 4)).toEqual({ low: 10, high: 20, from: 7, unknown: [], uncounted: [] })
  expect(times([['a', 'b', 'c', 'd']], 2)).toEqual({ low: 20, high: 40, from: 7, unknown: [], uncounted: [] })
  expect(times([['a'], ['b', 'c', 'd']], 4)).toEqual({ low: 20, high: 40, from: 7, unknown: [], uncounted: [] })
})

it('names the long tasks of which nothing is known', () => {
  const plans = new Map([['a', hostPlan('a', [pending(0, 'x'), pending(1, 'y')])]])
  expect(estimateTime(plans, play([['a']], ['task2']), new Map(), 1)).toEqual({
    low: 0,
    high: 0,
    from: 0,
    unknown: ['task2'],
    uncounted: [],
  })
})

it('does not take what one command took for what another will take', () => {
  const plans = new Map([['a', hostPlan('a', [pending(0, 'x'), pending(1, 'y')])]])
  const past = new Map(['task1', 'task2'].map((task) => [task, { low: 10, high: 20, hosts: 7 }]))
  expect(estimateTime(plans, play([['a']], [], ['task2']), past, 1)).toEqual({
    low: 10,
    high: 20,
    from: 7,
    unknown: [],
    uncounted: ['task2'],
  })
})
