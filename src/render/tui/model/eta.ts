import type { Quantiles } from './step-times.ts'

export interface Remaining {
  /** Steps of the play in order, with their times as far as they are known. */
  readonly times: readonly (Quantiles | undefined)[]
  /** How many hosts of the batch under way still have to do each step. */
  readonly now: readonly number[]
  /** Hosts of batches that have not begun, and how many batches those are. */
  readonly later: { readonly hosts: number; readonly batches: number }
  readonly forks: number
}

/**
 * Milliseconds until the play is over, as a range: from a quarter's to nine tenths' time of each step, as often as hosts take turns.
 * Undefined while a step that remains was not seen on enough hosts: a guess would be taken for knowledge.
 */
export function timeLeft({ times, now, later, forks }: Remaining): Quantiles | undefined {
  let low = 0
  let high = 0
  const perBatch = later.batches === 0 ? 0 : later.hosts / later.batches
  for (const [step, time] of times.entries()) {
    const hosts = now[step] ?? 0
    if (hosts === 0 && perBatch === 0) continue
    if (!time) return undefined
    low += time.low * (turns(hosts, forks) + later.batches * turns(perBatch, forks))
    high += time.high * (Math.ceil(turns(hosts, forks)) + later.batches * Math.ceil(turns(perBatch, forks)))
  }
  return { low, high: Math.max(low, high) }
}

function turns(hosts: number, forks: number): number {
  return hosts === 0 ? 0 : Math.max(1, hosts / forks)
}
