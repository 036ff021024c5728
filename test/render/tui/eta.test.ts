import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { timeLeft } from '../../../src/render/tui/model/eta.ts'
import { modelOf, shown } from './frames.ts'

const seen = (low: number, high: number) => ({ seen: { low, high }, usual: undefined })
const usual = (low: number, high: number) => ({ seen: undefined, usual: { low, high } })
const NOBODY_KNOWS = { seen: undefined, usual: undefined }
const NONE = { hosts: 0, batches: 0 }

describe('time left', () => {
  test('of a batch: as often as hosts take turns', () => {
    expect(timeLeft({ times: [seen(10, 20)], now: [5], later: NONE, forks: 2 })).toEqual({
      low: 25,
      high: 60,
      unknown: 0,
      past: 0,
    })
  })

  test('batches that come later count with their share of hosts', () => {
    expect(timeLeft({ times: [seen(10, 20)], now: [0], later: { hosts: 6, batches: 3 }, forks: 2 })).toMatchObject({
      low: 30,
      high: 60,
    })
  })

  test('a step that nobody knows is counted; what is known is at least what it takes', () => {
    const times = [seen(10, 20), NOBODY_KNOWS, NOBODY_KNOWS]
    expect(timeLeft({ times, now: [1, 1, 0], later: NONE, forks: 1 })).toMatchObject({ low: 10, unknown: 1 })
  })

  test('past runs stand in for what this one has not seen, and nothing else', () => {
    const both = { seen: { low: 1, high: 2 }, usual: { low: 100, high: 200 } }
    expect(timeLeft({ times: [both, usual(30, 40)], now: [1, 1], later: NONE, forks: 1 })).toEqual({
      low: 31,
      high: 42,
      unknown: 0,
      past: 1,
    })
  })

  test('none where nothing remains', () => {
    expect(timeLeft({ times: [seen(1, 2)], now: [0], later: NONE, forks: 1 })).toBeUndefined()
  })
})

describe('on the screen', () => {
  const hosts = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
  const play = (past?: { low: number; high: number }): EventBody[] => [
    {
      type: 'play_started',
      play: 0,
      name: 'Upgrade',
      hosts,
      batches: 1,
      steps: [
        { name: 'First', task: 'shell' },
        { name: 'Second', task: 'run_dracut', ...(past && { usual: past }) },
      ],
    },
    { type: 'batch_started', play: 0, batch: 0, of: 1, hosts },
  ]
  const done = (count: number, step: number): EventBody[] =>
    hosts
      .slice(0, count)
      .map((host) => ({ type: 'host_result', play: 0, batch: 0, step, host, status: 'changed', ms: 150_000 }))
  const header = (events: readonly EventBody[], columns = 120) => shown(modelOf(events), {}, { columns })[0]

  test('nothing is known, then a part, then all', () => {
    expect(header(play())).toMatch(/left in this play: not known yet {3}/)
    expect(header([...play(), ...done(5, 0)])).toMatch(/left in this play: over 2m30s, 1 step not known yet {3}/)
    expect(header([...play(), ...done(6, 0), ...done(5, 1)])).toMatch(/left in this play: 2 to 3 min {3}/)
  })

  test('past runs are named as such', () => {
    const past = play({ low: 120_000, high: 240_000 })
    expect(header([...past, ...done(6, 0)])).toMatch(/left in this play: 6 to 12 min as in past runs {3}/)
  })

  test('on a narrow terminal the time stays and its grounds go', () => {
    expect(header([...play(), ...done(5, 0)], 70)).toMatch(/over 2m30s {2,3}\d+s/)
  })

  test('hosts side by side: the steps tell how far a batch is, and 100 % is for the end', () => {
    const bar = (events: readonly EventBody[]) => shown(modelOf(events), {}, { columns: 120 })[3]
    expect(bar(play())).toContain(' 0/6 0% ')
    expect(bar([...play(), ...done(6, 0)])).toContain(' 0/6 50% ')
    expect(bar([...play(), ...done(6, 0), ...done(5, 1)])).toContain(' 5/6 91% ')
    expect(bar([...play(), ...done(6, 0), ...done(6, 1)])).toContain(' 6/6 100% ')
  })
})
