import { type Diagnostic, UserError } from '../diagnostics/diagnostic.ts'
import type { Value } from './values.ts'

/**
 * The result of a name or key that is not there. It may travel through `default`, `is defined` and further lookups;
 * whatever else touches it raises its error. It exists only during an evaluation and never leaves it.
 */
export class Undefined {
  readonly #describe: () => Diagnostic
  /** What it counts as for whoever insists on a value; without it that is an error. */
  readonly fallback: Value | undefined

  /** `describe` is called only when the error is raised: positions and suggestions cost time. */
  constructor(describe: () => Diagnostic, fallback?: Value) {
    this.#describe = describe
    this.fallback = fallback
  }

  error(): UndefinedError {
    return new UndefinedError(this.#describe())
  }
}

/** Kept apart from other errors, so that a variable whose template meets it is itself undefined: `default` helps there too. */
export class UndefinedError extends UserError {}

/** What travels through an evaluation. */
export type Item = Value | Undefined | readonly Item[]

/** The value, or the error of what is undefined. Elements of lists are looked at when they are used. */
export function defined(item: Item): Value {
  if (!(item instanceof Undefined)) return item as Value
  if (item.fallback === undefined) throw item.error()
  return item.fallback
}
