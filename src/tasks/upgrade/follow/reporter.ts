import type { PhaseReport } from '../../contract.ts'
import type { FollowState } from './state.ts'

/** A host that says much is told of at most so often, and one that says nothing at least so often. Milliseconds. */
const AT_MOST_EVERY_MS = 1_000
const AT_LEAST_EVERY_MS = 4_000

/** Turns what is known of a host into phase reports: changes at once, everything else at a pace that a fleet's output bears. */
export class Reporter {
  readonly #tell: (report: PhaseReport) => void
  #last: PhaseReport | undefined
  #at = 0

  constructor(tell: (report: PhaseReport) => void) {
    this.#tell = tell
  }

  /** `now` in milliseconds. */
  show(state: FollowState, standing: 'in-time' | 'overdue' | 'given-up', now: number): void {
    const report = reportOf(state, standing === 'in-time' ? 'running' : 'overdue')
    const last = this.#last
    if (last && last.phase !== report.phase) this.#tell(done(state, last))
    const turned = last?.phase !== report.phase || last.state !== report.state
    const news = last?.n !== report.n || last?.text !== report.text
    if (!turned && now - this.#at < (news ? AT_MOST_EVERY_MS : AT_LEAST_EVERY_MS)) return
    this.#tell(report)
    this.#last = report
    this.#at = now
  }

  /** The last phase is over. */
  finish(state: FollowState): void {
    if (this.#last) this.#tell(done(state, this.#last))
    this.#last = undefined
  }
}

function reportOf({ phase, n, of, text, spent }: FollowState, state: PhaseReport['state']): PhaseReport {
  return { phase, state, n, of, seconds: Math.round((spent[phase] ?? 0) / 1000), text }
}

function done({ spent }: FollowState, { phase }: PhaseReport): PhaseReport {
  const ms = (spent as { readonly [phase: string]: number | undefined })[phase] ?? 0
  return { phase, state: 'done', seconds: Math.round(ms / 1000) }
}
