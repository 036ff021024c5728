import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'

/** What a filter, test or operator throws: it knows the cause, and the evaluator adds the place. */
export class EvaluationError extends Error {
  override name = 'EvaluationError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** Runs `work`; errors without a place get `origin()`. A stack overflow becomes a plain complaint about nesting. */
export function placed<T>(origin: () => Origin, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof EvaluationError) {
      throw new UserError({ message: error.message, origin: origin(), hint: error.hint })
    }
    if (error instanceof RangeError) throw new UserError({ message: 'too deeply nested to evaluate', origin: origin() })
    throw error
  }
}
