import type { Value, ValueMap } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import type { HostTurn } from './driver-input.ts'

/** Whether `no_log` holds for a step, or for one item of its loop. What can't be evaluated hides. */
export function hides({ context, run }: HostTurn, step: Step, item?: ValueMap): boolean {
  try {
    return context.keyword(run, step, 'noLog', item) ?? false
  } catch {
    return true
  }
}

/** Fields of results that describe what was done; hiding their values would blank out half of every line after it. */
const DESCRIPTIONS = new Set([
  'start',
  'end',
  'delta',
  'path',
  'dest',
  'mode',
  'owner',
  'group',
  'state',
  'skip_reason',
])
/** Answers that give nothing away and that every other line holds. */
const COMMONPLACE = /^(true|false|none|null|yes|no|on|off|ok|done|root|(in)?active|(dis|en)abled)$/i
/** A word of a command line that is shorter is taken for the name of a program or an option. */
const MIN_WORD = 8

/**
 * The texts of a value that a hidden step gave: none of them may show up later, when another step prints what was registered.
 * Numbers stay, as an exit code is no secret.
 */
export function textsOf(value: Value): string[] {
  if (typeof value === 'string') return COMMONPLACE.test(value.trim()) ? [] : [value, value.trim()]
  if (Array.isArray(value)) return value.flatMap((part) => textsOf(part as Value))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => {
    if (DESCRIPTIONS.has(key)) return []
    if (key !== 'cmd') return textsOf(part)
    return Array.isArray(part) ? words(part as readonly Value[]) : textsOf(part)
  })
}

function words(cmd: readonly Value[]): string[] {
  return [cmd.join(' '), ...cmd.filter((word): word is string => typeof word === 'string' && word.length >= MIN_WORD)]
}
