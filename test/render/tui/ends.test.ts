import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { overview } from '../../../src/render/tui/model/overview.ts'
import { watchedHosts } from '../../../src/render/tui/model/run-model.ts'
import { summary } from '../../../src/render/tui/summary.ts'
import { press } from '../../../src/render/tui/view/reduce.ts'
import { FIRST_VIEW, type ViewState } from '../../../src/render/tui/view/state.ts'
import { batchEnd, play, result, task } from '../bodies.ts'
import { modelOf, SUMMARY, shown, situation, stamped } from './frames.ts'

// How the screen counts hosts of a run that was ended early: as its recap does.

const HOSTS = ['a', 'b', 'c', 'd', 'e']
const ctrlC: EventBody = { type: 'interrupt', level: 2, message: 'x' }

test('after Ctrl-C who had not begun is not stopped, nor does the next one begin where a host is lost', () => {
  // Two forks: a and b are at work.
  const events = [...play(HOSTS, 't0', 't1'), task(0, HOSTS), task(1, HOSTS), ctrlC]
  const { counts } = overview(modelOf([...events, result(0, 'a', 'failed'), result(0, 'b', 'ok'), batchEnd]))
  expect(counts).toMatchObject({ failed: 1, stopped: 1, waiting: 3, running: 0, done: 0 })
})

test('once the run has ended who had not begun is told as that, on the screen and in the last words', () => {
  const events = [...play(HOSTS, 't0', 't1'), task(0, HOSTS), task(1, HOSTS), ctrlC]
  const end: EventBody = { type: 'run_finished', outcome: 'aborted', exitCode: 99, recap: {}, ms: 5 }
  const model = modelOf([...events, result(0, 'a', 'failed'), result(0, 'b', 'ok'), batchEnd, end])
  const text = shown(model).join('\n')
  expect(text).toContain(
    '5 hosts: 1 failed, 0 unreachable, 0 overdue, 0 running, 0 waiting, 1 stopped, 3 not begun, 0 done',
  )
  expect(text.match(/\. not begun [cde]\b/g)).toHaveLength(3)
  expect(summary(model, SUMMARY)).toContain('0 overdue, 1 stopped, 3 not begun\n')
})

test('a brake stops who had begun; the others, of later batches too, have not begun and are at no step', () => {
  const names = ['a', 'b', 'c', 'd']
  const [started, batch] = play(['a', 'b'], 't0', 't1') as [EventBody, EventBody]
  const brake: EventBody = { type: 'brake', play: 0, batch: 0, reason: 'too many', remaining: ['b', 'c', 'd'] }
  const begun = [task(0, ['a', 'b']), result(0, 'a', 'failed'), result(0, 'b', 'ok')]
  const model = modelOf([{ ...started, hosts: names } as EventBody, batch, ...begun, brake, batchEnd])
  expect(overview(model).counts).toMatchObject({ failed: 1, stopped: 1, 'not-begun': 2 })
  const rows = shown(model).filter((line) => /^ {2}[-.] /.test(line))
  expect(rows.map((row) => row.trim().replace(/ +/g, ' '))).toEqual([
    '- stopped b 2/2 t1',
    '. not begun c',
    '. not begun d',
  ])
})

test('a brake after the last step stops nobody that was through', () => {
  const brake: EventBody = { type: 'brake', play: 0, batch: 0, reason: 'too many', remaining: ['b', 'c'] }
  const events = [...play(['a', 'b'], 't0'), task(0, ['a', 'b']), result(0, 'a', 'failed'), result(0, 'b', 'ok')]
  expect(overview(modelOf([...events, brake, batchEnd])).counts).toMatchObject({ failed: 1, done: 1, 'not-begun': 1 })
})

const hosts = ['web1', 'web2', 'web3']
const running: EventBody[] = [...play(hosts, 'one'), task(0, hosts)]
const interrupted = (level: 1 | 2 | 3, message: string): EventBody => ({ type: 'interrupt', level, message })
const ended: EventBody = { type: 'run_finished', outcome: 'aborted', exitCode: 99, recap: {}, ms: 5 }

test('advice on a run that stops is gone once it has ended', () => {
  const cancelling = interrupted(2, 'Cancelling. Press Ctrl-C again to leave at once.')
  expect(shown(modelOf([...running, cancelling])).join('\n')).toContain('Press Ctrl-C again')
  expect(shown(modelOf([...running, cancelling, ended])).join('\n')).not.toContain('Press Ctrl-C again')
})

test('what becomes of the hosts stays in the terminal when the run was left at once', () => {
  const left = [1, 2, 3].map((level) =>
    interrupted(level as 1 | 2 | 3, `level ${level}: work that was started goes on`),
  )
  const text = summary(modelOf([...running, ...left]), SUMMARY)
  expect(text).toContain('left before its end\nlevel 3: work that was started goes on\n3 hosts: ')
  expect(text).toContain('to continue: RESUME\n')
  expect(summary(modelOf([...running, ...left.slice(0, 2), ended]), SUMMARY)).not.toContain('work that was started')
})

test('a host whose step the operator cancelled is stopped: no failure, and nothing that a brake counts', () => {
  const cut = (host: string) => result(0, host, 'failed', { message: 'cancelled by the operator', interrupted: true })
  const model = modelOf([...running, ctrlC, cut('web1'), cut('web2'), result(0, 'web3', 'failed'), batchEnd, ended])
  const view = overview(model)
  expect(view.counts).toMatchObject({ stopped: 2, failed: 1 })
  expect(view.batches[0]).toMatchObject({ failed: 1, lost: 1 })
  expect(model.failures.groups()).toHaveLength(1)
})

test('hosts that are followed through their upgrade are counted, for whoever cancels the rest', () => {
  const phase = (host: string, state: 'running' | 'overdue' | 'done'): EventBody => ({
    ...{ type: 'phase', play: 0, batch: 0, step: 0, host },
    ...{ phase: 'transaction', state, seconds: 1 },
  })
  const model = modelOf([...running, phase('web1', 'running'), phase('web2', 'overdue')])
  expect(watchedHosts(model)).toBe(2)
  for (const event of stamped([result(0, 'web1', 'changed')])) model.on(event)
  expect(watchedHosts(model)).toBe(1)
})

test('Enter is named as a way out only where it leaves', () => {
  const end: EventBody = { type: 'run_finished', outcome: 'done', exitCode: 0, recap: {}, ms: 5 }
  const model = modelOf([...play(HOSTS, 't0'), task(0, HOSTS), batchEnd, end])
  const ended = { ...situation, ended: true, listed: HOSTS }
  const views: Partial<ViewState>[] = [{}, { selected: 'b' }, { page: 'groups' }, { typing: true }]
  for (const view of views) {
    const { effect } = press({ ...FIRST_VIEW, ...view }, 'enter', ended)
    const told = shown(model, view).some((line) => line.includes('q or Enter leaves'))
    expect([view, told]).toEqual([view, effect?.kind === 'leave'])
  }
  expect(press({ ...FIRST_VIEW, selected: 'b' }, 'p', ended).view.said?.text).toBe('The run has ended: q leaves.')
})
