import type { RunEvent } from '../../../src/events/types.ts'

const OFFLINE = ['checks', 'recovery', 'transaction', 'finish']

/**
 * Seconds between one piece of news and the next while the host was in its upgrade image, as they arrived here. News is what was not
 * said before: a report that only counts seconds is none.
 */
export function gapsBetweenNews(events: readonly RunEvent[]): number[] {
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
