import type { Quantiles } from './step-times.ts'

export interface Remaining {
  /** Steps of the play in order. */
  readonly times: readonly StepTime[]
  /** How many hosts of the batch under way still have to do each step. */
  readonly now: readonly number[]
  /** Hosts of batches that have not begun, and how many batches those are. */
  readonly later: { readonly hosts: number; readonly batches: number }
  readonly forks: number
}

/** How long a step takes: as seen in this run, else as past runs had it; neither where nobody knows. */
export interface StepTime {
  readonly seen: Quantiles | undefined
  readonly usual: Quantiles | undefined
}

/** Milliseconds until the play is over, from a quarter's to nine tenths' time of each step, as often as hosts take turns. */
export interface TimeLeft extends Quantiles {
  /** Steps that remain and that nobody knows the time of: the play takes longer by them. */
  readonly unknown: number
  /** Steps whose time is that of past runs. */
  readonly past: number
}

/** Undefined when nothing remains. A step that nobody knows is counted, not guessed: a guess would be taken for knowledge. */
export function timeLeft({ times, now, later, forks }: Remaining): TimeLeft | undefined {
  let low = 0
  let high = 0
  let unknown = 0
  let past = 0
  let steps = 0
  const perBatch = later.batches === 0 ? 0 : later.hosts / later.batches
  for (const [step, { seen, usual }] of times.entries()) {
    const hosts = now[step] ?? 0
    if (hosts === 0 && perBatch === 0) continue
    steps++
    const time = seen ?? usual
    if (!time) {
      unknown++
      continue
    }
    if (!seen) past++
    low += time.low * (turns(hosts, forks) + later.batches * turns(perBatch, forks))
    high += time.high * (Math.ceil(turns(hosts, forks)) + later.batches * Math.ceil(turns(perBatch, forks)))
  }
  return steps === 0 ? undefined : { low, high: Math.max(low, high), unknown, past }
}

function turns(hosts: number, forks: number): number {
  return hosts === 0 ? 0 : Math.max(1, hosts / forks)
}
