import { expect } from 'vitest'
import type { RunEvent } from '../../../src/events/types.ts'
import { say } from './prepared.ts'

const OFFLINE = ['checks', 'recovery', 'transaction', 'finish']

/**
 * Seconds between one piece of news and the next while the host was in its upgrade image, as they arrived here. News is what was not
 * said before: a report that only counts seconds is none.
 */
function gapsBetweenNews(events: readonly RunEvent[]): number[] {
  const times: number[] = []
  let last: string | undefined
  for (const event of events) {
    if (event.type !== 'phase' || event.state === 'done' || !OFFLINE.includes(event.phase)) continue
    const said = JSON.stringify([event.phase, event.n, event.text])
    if (said === last) continue
    last = said
    times.push(Date.parse((event as RunEvent & { t: string }).t))
  }
  return times.slice(1).map((time, i) => (time - (times[i] as number)) / 1000)
}

/** Something new every few seconds; an emulated machine on busy processors may be late, now and then. */
export function expectNews(events: readonly RunEvent[]): void {
  const gaps = gapsBetweenNews(events).sort((a, b) => a - b)
  say(`${gaps.length} pieces of news, the longest silence ${gaps.at(-1)} s`)
  expect(gaps.length).toBeGreaterThan(20)
  expect(gaps[Math.floor(gaps.length / 2)]).toBeLessThan(6)
  expect(gaps[Math.floor(gaps.length * 0.95)]).toBeLessThan(20)
  expect(gaps.at(-1)).toBeLessThan(60)
}
