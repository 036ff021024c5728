import { expect, test } from 'vitest'
import { emptyState, fold } from '../../src/events/fold.ts'
import { recap } from '../../src/events/recap.ts'
import type { EventBody, RunEvent, Status } from '../../src/events/types.ts'

/** Who did not get to the end, of a run of these events. */
function short(...bodies: EventBody[]): { [host: string]: string } {
  const head = { v: 1, seq: 1, t: '2026-11-23T05:13:34.567Z', run: 'r' } as const
  const state = bodies.reduce((state, body) => fold(state, { ...head, ...body } as RunEvent), emptyState())
  return Object.fromEntries(
    Object.entries(recap(state)).flatMap(([host, { stopped, notBegun }]) =>
      stopped === undefined && notBegun === undefined ? [] : [[host, stopped === 1 ? 'stopped' : 'not begun']],
    ),
  )
}

const play = (index: number, ...hosts: string[]): EventBody => {
  const steps = ['one', 'two'].map((name) => ({ name, task: 'command' }))
  return { type: 'play_started', play: index, name: 'p', hosts, batches: 2, steps }
}
const batch = (index: number, ...hosts: string[]): EventBody => {
  return { type: 'batch_started', play: 0, batch: index, of: 2, hosts }
}
const result = (host: string, step: number, status: Status = 'changed', of = 0): EventBody => {
  return { type: 'host_result', host, status, ms: 1, play: of, batch: 0, step }
}
const over: EventBody = { type: 'batch_finished', play: 0, batch: 0 }
const ctrlC: EventBody = { type: 'interrupt', level: 1, message: 'x' }
const brake: EventBody = { type: 'brake', play: 0, batch: 0, reason: 'too many', remaining: ['b', 'c', 'd'] }

test.each([
  ['Ctrl-C', ctrlC],
  ['a brake', brake],
])('%s: who had begun is stopped, who waited has not begun, who failed or was through is neither', (_, end) => {
  const hosts = ['a', 'b', 'c', 'd', 'e']
  const events = [play(0, ...hosts), batch(0, 'a', 'b', 'c', 'e'), result('a', 0, 'failed'), result('b', 0)]
  expect(short(...events, result('e', 0), result('e', 1), end, over)).toEqual({
    b: 'stopped',
    c: 'not begun',
    d: 'not begun',
  })
})

test('a step that the operator cut short stops its host, also the last one, and is no failure of it', () => {
  const cut = (host: string, step: number): EventBody => ({
    ...(result(host, step, 'failed') as Extract<EventBody, { type: 'host_result' }>),
    interrupted: true,
  })
  const events = [play(0, 'a', 'b', 'c'), batch(0, 'a', 'b', 'c'), ctrlC, result('b', 0), cut('a', 0), cut('b', 1)]
  expect(short(...events, result('c', 0, 'failed'), over)).toEqual({ a: 'stopped', b: 'stopped' })
})

test('a batch that was done as planned is done, also for a host without a result of the last step', () => {
  expect(short(play(0, 'a', 'b'), batch(0, 'a', 'b'), result('a', 0), result('a', 1), over)).toEqual({})
  expect(short(play(0, 'a', 'b'), batch(0, 'a'), over, batch(1, 'b'), ctrlC, over)).toEqual({ b: 'not begun' })
})

test('the last play of a host counts, and nothing that it did in one before', () => {
  const first = [play(0, 'a', 'b'), batch(0, 'a', 'b'), result('a', 0), result('a', 1), over]
  expect(short(...first, play(1, 'a'), ctrlC)).toEqual({ a: 'not begun' })
  expect(short(...first, play(1, 'a'), result('a', 0, 'ok', 1), ctrlC)).toEqual({ a: 'stopped' })
})
