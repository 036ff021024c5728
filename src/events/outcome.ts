import type { RunState } from './fold.ts'
import type { Mode, Outcome } from './types.ts'

/** What the process says to whoever started it. docs/exit-codes.md is their explanation. */
export const EXIT = {
  done: 0,
  /** Nothing could start: a missing inventory, a bad playbook, an unreadable key. */
  input: 1,
  failed: 2,
  /** Changes are pending: only with --check --detailed-exitcode. */
  pending: 3,
  unreachable: 4,
  usage: 5,
  aborted: 99,
  error: 250,
} as const

export function exitCodeOf(outcome: Outcome): number {
  return EXIT[outcome]
}

/**
 * How a run ended; an overdue host is a failed one. When several hold, the first of these wins: aborted, unreachable, failed, pending, done.
 * A failure that `ignore_errors` covers is none; a host held back by a brake, or left out by the operator, is never a success.
 */
export function outcomeOf(
  state: RunState,
  { detailedExitcode, mode }: { detailedExitcode: boolean; mode: Mode },
): Outcome {
  if (state.interrupt > 0) return 'aborted'
  const hosts = state.hosts.values()
  if (hosts.some(({ counts }) => counts.unreachable > 0)) return 'unreachable'
  const bad = hosts.some(({ counts }) => counts.failed > 0 || (counts.overdue ?? 0) > 0 || (counts.leftOut ?? 0) > 0)
  if (bad || state.plays.some((play) => play.brake !== undefined)) {
    return 'failed'
  }
  const pending = mode === 'check' && hosts.some(({ counts }) => counts.changed + counts.deferred > 0)
  return pending && detailedExitcode ? 'pending' : 'done'
}
