import { type Diagnostic, UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'

/** More than this is noise of one cause. */
const MAX_SHOWN = 30

/** Everything wrong with a playbook, collected so that one run tells all of it. */
export class Problems {
  readonly #errors: Diagnostic[] = []
  readonly #warnings = new Map<string, number>()

  add(origin: Origin | undefined, message: string, hint?: string): void {
    this.addAll([{ message, origin, hint }])
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      const same = this.#errors.some(
        (known) => known.message === diagnostic.message && known.origin?.start === diagnostic.origin?.start,
      )
      if (!same) this.#errors.push(diagnostic)
    }
  }

  /** Runs a part of the work; its UserError is collected and the rest goes on. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      this.addAll(error.diagnostics)
      return undefined
    }
  }

  warn(origin: Origin, message: string): void {
    this.#warnings.set(`${origin}: ${message}`, origin.start)
  }

  get warnings(): readonly string[] {
    return [...this.#warnings].sort(([, a], [, b]) => a - b).map(([text]) => text)
  }

  /** Throws all errors in the order of the file, if there is any. */
  settle(): void {
    if (this.#errors.length === 0) return
    const sorted = this.#errors.toSorted((a, b) => (a.origin?.start ?? 0) - (b.origin?.start ?? 0))
    const more = sorted.length - MAX_SHOWN
    const rest = more > 0 ? [{ message: `... and ${more} more problems in this file` }] : []
    throw new UserError([...sorted.slice(0, MAX_SHOWN), ...rest])
  }
}
