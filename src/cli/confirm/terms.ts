import { UserError } from '../../diagnostics/diagnostic.ts'
import type { DisruptiveStep } from '../../plan/disruptive.ts'
import type { RunOptions } from '../options.ts'

/** How an apply that somebody has to stand for begins. ask: with a question; show: with the plan alone. */
export type Terms = 'at once' | 'ask' | 'show' | 'only watching'

export interface Circumstances {
  readonly check: boolean
  /** No host is touched. */
  readonly rehearse: boolean
  readonly confirm: boolean
  readonly yes: boolean
  readonly disruptive: readonly DisruptiveStep[]
  /** Somebody sits at a terminal and reads it. */
  readonly attended: boolean
  /** Every host is in the middle of its upgrade, as far as the controller knows. */
  readonly allUnderWay: boolean
}

/** What has to come before the run. Throws UserError where nobody could be asked. */
export function termsOf({ check, rehearse, confirm, yes, disruptive, attended, allUnderWay }: Circumstances): Terms {
  if (check || rehearse || (!confirm && (yes || disruptive.length === 0))) return 'at once'
  if (yes) return 'show'
  if (attended) return 'ask'
  if (!confirm && allUnderWay) return 'only watching'
  throw refusal(confirm ? [] : disruptive)
}

/** Somebody reads a question and can answer it. Output that was asked for by its form is for a file or a program. */
export function isAttended({ output }: Pick<RunOptions, 'output'>): boolean {
  const { stdin, stderr, env } = process
  return stdin.isTTY === true && stderr.isTTY === true && !env.CI && output !== 'plain' && output !== 'json'
}

/** Nobody can be asked, and somebody would have to be. */
export function refusal(disruptive: readonly DisruptiveStep[]): UserError {
  const [first, ...more] = disruptive
  const hint = 'add --yes (nothing is asked or shown), or --confirm --yes (shows the plan, and holds every host to it)'
  if (!first) return new UserError({ message: '--confirm: there is no terminal to ask on', hint })
  const others = more.length === 0 ? '' : `, and ${more.length} more such ${more.length === 1 ? 'task' : 'tasks'}`
  return new UserError({
    message: `${first.place}: ${first.task} ${first.does}${others}: that must be confirmed, and there is no terminal to ask on`,
    hint,
  })
}
