import type { Measured } from './measure.ts'

/** One run of one tool. */
export interface Sample extends Measured {
  readonly tool: string
  readonly workload: string
  readonly hosts: number
  /** Delay by the proxy; 0: without it. */
  readonly rttMs: number
}

/** What runs in seclusion hands back. */
export interface Outcome {
  readonly samples: readonly Sample[]
  /** Tools that could not be run, and why. */
  readonly missing: readonly string[]
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 0 ? (low + high) / 2 : high
}
