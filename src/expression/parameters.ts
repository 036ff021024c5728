import { EvaluationError } from './errors.ts'
import type { Item } from './undefined.ts'

/** Evaluated arguments of a filter, test, method or function. */
export interface Given {
  readonly positional: readonly Item[]
  readonly named: ReadonlyMap<string, Item>
}

/** Names in order. `*name` takes the remaining positional ones, `**` any named ones. The first `required` must be given. */
export interface Parameters {
  readonly parameters?: readonly string[] | undefined
  readonly required?: number | undefined
}

export const NO_ARGUMENTS: Given = { positional: [], named: new Map() }

/** Refuses what a function does not take. Returns the arguments by position; a missing one is undefined. */
export function bind(
  what: string,
  { parameters = [], required = 0 }: Parameters,
  given: Given,
): readonly (Item | undefined)[] {
  const rest = parameters.some((name) => /^\*\w/.test(name))
  const open = parameters.includes('**')
  const names = parameters.filter((name) => !name.startsWith('*'))
  if (!rest && given.positional.length > names.length) {
    const takes = names.length === 0 ? 'no arguments' : `at most ${names.length} (${names.join(', ')})`
    throw new EvaluationError(`${what} takes ${takes}, got ${given.positional.length}`)
  }
  const bound: (Item | undefined)[] = names.map((_, i) => given.positional[i])
  for (const [name, value] of given.named) {
    const index = names.indexOf(name)
    if (index < 0 && !open) {
      throw new EvaluationError(
        `${what} has no argument "${name}"`,
        names.length > 0 ? `it has: ${names.join(', ')}` : undefined,
      )
    }
    if (index < 0) continue
    if (bound[index] !== undefined) throw new EvaluationError(`${what} got "${name}" twice`)
    bound[index] = value
  }
  for (let i = 0; i < required; i++) {
    if (bound[i] === undefined && given.positional[i] === undefined)
      throw new EvaluationError(`${what} needs an argument "${names[i]}"`)
  }
  return bound
}
