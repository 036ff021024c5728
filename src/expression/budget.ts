import { EvaluationError } from './errors.ts'

/** Evaluated nodes and visited elements per evaluation. */
const MAX_STEPS = 2_000_000
/** Characters of one text, and elements of one list, that an expression may build. */
const MAX_TEXT = 16 * 1024 * 1024
export const MAX_LIST = 1_000_000

/**
 * Steps left for the evaluation under way. Evaluation is synchronous, so one counter serves all;
 * nested evaluations (a variable that is a template) draw on the same budget.
 */
let stepsLeft = MAX_STEPS
let depth = 0

/** Runs a whole evaluation under one budget. */
export function withBudget<T>(work: () => T): T {
  if (depth === 0) stepsLeft = MAX_STEPS
  depth++
  try {
    return work()
  } finally {
    depth--
  }
}

/** Pays for `steps` units of work, ahead of doing it. */
export function charge(steps = 1): void {
  stepsLeft -= steps
  if (stepsLeft < 0) throw new EvaluationError('takes too long to evaluate: more than 2 million steps')
}

/** Refuses a text before it is built. */
export function chargeText(length: number): void {
  if (length > MAX_TEXT) throw new EvaluationError('makes a text of more than 16 MiB')
  charge(Math.ceil(length / 256))
}

/** Refuses a list before it is built. */
export function chargeList(length: number): void {
  if (length > MAX_LIST) throw new EvaluationError('makes a list of more than a million elements')
  charge(length)
}
