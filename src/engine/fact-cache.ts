import type { CommandResult } from '../remote/types.ts'
import { meets, type Probe, type Resource } from '../tasks/contract.ts'

/** Answers older than this are asked again before a change is decided on them, in milliseconds. */
const MAX_AGE_MS = 60_000

interface Answer {
  readonly output: CommandResult
  readonly reads: readonly Resource[]
  readonly at: number
}

/** What one host, as one user, answered to probes; forgets what a change may have altered. */
export class FactCache {
  readonly #answers = new Map<string, Answer>()

  get(probe: Probe<unknown>): CommandResult | undefined {
    const answer = this.#answers.get(probe.id)
    return answer && performance.now() - answer.at < MAX_AGE_MS ? answer.output : undefined
  }

  set(probe: Probe<unknown>, output: CommandResult): void {
    this.#answers.set(probe.id, { output, reads: probe.reads, at: performance.now() })
  }

  /** Drops every answer that a change of these resources may have made wrong. */
  invalidate(touched: readonly Resource[]): void {
    for (const [id, { reads }] of this.#answers) {
      if (touched.some((touch) => reads.some((read) => meets(touch, read)))) this.#answers.delete(id)
    }
  }
}
