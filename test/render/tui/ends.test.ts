import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { overview } from '../../../src/render/tui/model/overview.ts'
import { batchEnd, play, result, task } from '../bodies.ts'
import { modelOf } from './frames.ts'

// How the screen counts hosts of a run that was ended early: as its recap does.

const HOSTS = ['a', 'b', 'c', 'd', 'e']
const ctrlC: EventBody = { type: 'interrupt', level: 2, message: 'x' }

test('after Ctrl-C who had not begun is not stopped, nor does the next one begin where a host is lost', () => {
  // Two forks: a and b are at work.
  const events = [...play(HOSTS, 't0', 't1'), task(0, HOSTS), task(1, HOSTS), ctrlC]
  const { counts } = overview(modelOf([...events, result(0, 'a', 'failed'), result(0, 'b', 'ok'), batchEnd]))
  expect(counts).toMatchObject({ failed: 1, stopped: 1, waiting: 3, running: 0, done: 0 })
})

test('a brake after the last step holds nobody that was through', () => {
  const brake: EventBody = { type: 'brake', play: 0, batch: 0, reason: 'too many', remaining: ['b', 'c'] }
  const events = [...play(['a', 'b'], 't0'), task(0, ['a', 'b']), result(0, 'a', 'failed'), result(0, 'b', 'ok')]
  expect(overview(modelOf([...events, brake, batchEnd])).counts).toMatchObject({ failed: 1, done: 1, held: 1 })
})
