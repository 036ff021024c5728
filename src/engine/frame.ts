import type { SectionResult } from '../remote/types.ts'
import { type Answered, Answers, type Compiled, type Pending } from './apply-group.ts'
import type { StepRun } from './step-run.ts'

/** A frame under way: its changes are settled one after the other, as their answers come. */
export class Frame {
  readonly settled = new Set<Pending>()
  readonly #answers: Answers
  readonly #settle: (answer: Answered) => void
  readonly #rest: Pending[] = []
  #taken = 0
  #broken: StepRun | undefined
  /** Thrown where the answers are waited for: who tells of one of them must not be hit by it. */
  #error: { readonly thrown: unknown } | undefined

  constructor(changes: readonly Compiled[], settle: (answer: Answered) => void) {
    this.#answers = new Answers(changes)
    this.#settle = settle
  }

  /** The next section's result. Does not throw. */
  take(result: SectionResult): void {
    this.#taken++
    const answer = this.#answers.take(result)
    if (!answer || this.#error) return
    try {
      this.#settleOne(answer)
    } catch (thrown) {
      this.#error = { thrown }
    }
  }

  /** All results, of which those that were told before are not taken twice. Returns the items of a loop that were not started. */
  end(results: readonly SectionResult[]): Pending[] {
    for (const result of results.slice(this.#taken)) this.take(result)
    if (this.#error) throw this.#error.thrown
    return this.#rest
  }

  #settleOne(answer: Answered): void {
    const { entry, applied } = answer
    if (!applied.ran) {
      if (entry.stepRun === this.#broken) this.#rest.push(entry)
      return
    }
    this.settled.add(entry)
    this.#settle(answer)
    // Whatever failed_when made of it: sections behind one that failed were not started.
    if (applied.code !== 0) this.#broken = entry.stepRun
  }
}
