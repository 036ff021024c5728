import { expect, test } from 'vitest'
import { EventBus } from '../../src/events/bus.ts'
import type { RunEvent } from '../../src/events/types.ts'

function bus() {
  const made = new EventBus({ run: 'r1', now: () => new Date('2026-11-23T05:13:34.567Z') })
  const seen: RunEvent[] = []
  made.add((event) => seen.push(event))
  return { made, seen }
}

test('events are numbered, stamped and named after their run', () => {
  const { made, seen } = bus()
  made.emit({ type: 'warning', message: 'one' })
  made.emit({ type: 'warning', message: 'two' })
  expect(seen).toEqual([
    { v: 1, seq: 1, t: '2026-11-23T05:13:34.567Z', run: 'r1', type: 'warning', message: 'one' },
    { v: 1, seq: 2, t: '2026-11-23T05:13:34.567Z', run: 'r1', type: 'warning', message: 'two' },
  ])
})

test('secrets are hidden everywhere but in the names that readers go by', () => {
  const { made, seen } = bus()
  made.redactor.add('changed')
  const ref = { play: 0, batch: 0, step: 0 }
  made.emit({ type: 'host_result', host: 'h', status: 'changed', message: 'it changed', ms: 1, ...ref })
  expect(seen[0]).toMatchObject({ status: 'changed', message: 'it ********' })
})

test('a sink that throws is dropped, the others are told, the run goes on', () => {
  const { made, seen } = bus()
  let calls = 0
  made.add(() => {
    calls++
    throw new Error('display fell over')
  })
  made.emit({ type: 'warning', message: 'one' })
  made.emit({ type: 'warning', message: 'two' })
  expect(calls).toBe(1)
  expect(seen.map((event) => (event.type === 'warning' ? event.message : ''))).toEqual([
    'one',
    'an output of this run failed and was switched off: display fell over',
    'two',
  ])
})
