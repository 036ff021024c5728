import type { HostResult, Status } from '../events/types.ts'
import type { Value, ValueMap } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import type { Diff, Finding } from '../tasks/contract.ts'
import type { Unit } from './prepare.ts'

/** How one unit ended. */
export interface UnitOutcome {
  readonly status: Status
  readonly message?: string | undefined
  readonly remedy?: string | undefined
  readonly diff?: readonly Diff[] | undefined
  readonly findings?: readonly (Finding & { accepted?: boolean })[] | undefined
  readonly result?: ValueMap | undefined
  readonly interrupted?: boolean | undefined
  /** An action that check mode did not run. */
  readonly untold?: boolean | undefined
}

export interface Lesson {
  readonly vars?: ValueMap | undefined
  readonly facts?: ValueMap | undefined
}

/** A step on a host from its first unit to its result. Collects what its units say; events leave in order. */
export class StepRun {
  readonly step: Step
  readonly lessons: Lesson[] = []
  readonly #now: () => number
  readonly #started: number
  readonly #outcomes: (UnitOutcome | undefined)[] = []
  #units: readonly Unit[] | undefined

  /** `now`: milliseconds; a rehearsal's clock. */
  constructor(step: Step, now: () => number = () => performance.now()) {
    this.step = step
    this.#now = now
    this.#started = now()
  }

  /** Called once the loop is known. */
  begin(units: readonly Unit[]): void {
    this.#units = units
  }

  settle(unit: Unit, outcome: UnitOutcome): void {
    this.#outcomes[unit.item?.index ?? 0] = outcome
  }

  /** Variables and facts that the step brings; they count from its report on. */
  learn(lesson: Lesson): void {
    this.lessons.push(lesson)
  }

  /** Check mode left an action out: nobody can tell what it would have said. */
  get untold(): boolean {
    return this.#outcomes.some((outcome) => outcome?.untold)
  }

  /** Some unit did change the host. */
  get changedSomething(): boolean {
    return this.#outcomes.some((outcome) => outcome?.status === 'changed')
  }

  /** Some unit declined or went wrong before anything was sent. */
  get wentWrong(): boolean {
    return this.#outcomes.some((outcome) => outcome && BAD.includes(outcome.status))
  }

  /** The step ended before its loop was known. */
  settleWhole(outcome: UnitOutcome): void {
    this.#units = [{ step: this.step, variables: {} }]
    this.#outcomes[0] = outcome
  }

  get complete(): boolean {
    if (!this.#units) return false
    for (let i = 0; i < this.#units.length; i++) if (!this.#outcomes[i]) return false
    return true
  }

  /** The step's own outcome, and before it one for each item of a loop. */
  results(): { items: { unit: Unit; outcome: UnitOutcome }[]; whole: UnitOutcome } {
    const units = this.#units ?? []
    const all = units.map((unit, i) => ({ unit, outcome: this.#outcomes[i] as UnitOutcome }))
    const looped = this.step.node.loop !== undefined && units.some((unit) => unit.item)
    const first = all[0]
    if (!looped && first) return { items: [], whole: first.outcome }
    return { items: all, whole: combine(all.map(({ outcome }) => outcome)) }
  }

  get ms(): number {
    return Math.round(this.#now() - this.#started)
  }
}

const ORDER: readonly Status[] = ['unreachable', 'overdue', 'failed', 'refused', 'deferred', 'changed', 'ok', 'skipped']

const BAD: readonly Status[] = ['unreachable', 'overdue', 'failed', 'refused']

/** A loop is as bad as its worst item; it is skipped only when every item is. */
function combine(outcomes: readonly UnitOutcome[]): UnitOutcome {
  const status = ORDER.find((candidate) => outcomes.some((outcome) => outcome.status === candidate)) ?? 'skipped'
  const worst = outcomes.find((outcome) => outcome.status === status)
  const results: Value[] = outcomes.map((outcome) => outcome.result ?? {})
  const bad = status === 'failed' || status === 'refused' || status === 'unreachable' || status === 'overdue'
  return {
    status,
    ...(bad && worst ? { message: worst.message, remedy: worst.remedy } : {}),
    ...(outcomes.length === 0 ? { message: 'the loop is empty' } : {}),
    ...(outcomes.some((outcome) => outcome.interrupted) ? { interrupted: true } : {}),
    result: {
      changed: outcomes.some((outcome) => outcome.status === 'changed'),
      failed: bad,
      skipped: status === 'skipped',
      results,
    },
  }
}

/** The event of an outcome, censored when the step says `no_log`. */
export function resultEvent(
  outcome: UnitOutcome,
  where: Pick<HostResult, 'play' | 'batch' | 'step' | 'host' | 'ms'>,
  options: {
    noLog: boolean
    ignored: boolean
    item?: HostResult['item']
    delegatedTo?: string | undefined
    diff: boolean
  },
): HostResult {
  const bad = outcome.status === 'failed' || outcome.status === 'refused'
  const hidden = options.noLog
    ? { message: bad ? 'failed; the output is hidden by no_log' : undefined, result: { censored: 'hidden by no_log' } }
    : {
        message: outcome.message,
        remedy: outcome.remedy,
        result: outcome.result,
        findings: outcome.findings,
        ...(options.diff ? { diff: outcome.diff } : {}),
      }
  return {
    type: 'host_result',
    ...where,
    status: outcome.status,
    ...(bad && options.ignored ? { ignored: true } : {}),
    ...(outcome.interrupted ? { interrupted: true } : {}),
    ...(options.item ? { item: options.noLog ? { ...options.item, label: '(hidden by no_log)' } : options.item } : {}),
    ...(options.delegatedTo === undefined ? {} : { delegatedTo: options.delegatedTo }),
    ...hidden,
  }
}
