import { expected, type Timeouts } from './phases.ts'
import type { FollowState } from './state.ts'

export interface Limits {
  readonly timeouts: Timeouts
  /** Seconds that an overdue host is waited for. */
  readonly patience: number
}

/** `given-up`: overdue for so long that waiting ends; the host is neither well nor known to have failed. */
export function standing(state: FollowState, { timeouts, patience }: Limits): 'in-time' | 'overdue' | 'given-up' {
  const seconds = (state.spent[state.phase] ?? 0) / 1000
  const limit = expected(state.phase, timeouts)
  if (seconds <= limit) return 'in-time'
  return seconds <= limit + patience ? 'overdue' : 'given-up'
}
