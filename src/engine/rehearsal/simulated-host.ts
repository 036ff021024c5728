import type { Mode } from '../../events/types.ts'
import { holds } from '../../expression/index.ts'
import type { Step } from '../../plan/plan.ts'
import { conditionsOn } from '../conditions.ts'
import type { HostTurn } from '../driver-input.ts'
import type { Driver } from '../driving.ts'
import { failed, settled, skipped } from '../outcomes.ts'
import { type Unit, unitsOf } from '../prepare.ts'
import { ReportQueue } from '../report-queue.ts'
import { StepRun, type UnitOutcome } from '../step-run.ts'
import { decideHere, ON_CONTROLLER } from './controller-step.ts'
import type { Fate } from './fate.ts'
import { Performance } from './performance.ts'
import { ownName, profileOf } from './profile.ts'
import { type Attempts, fateOf, type Stage, type Unknowns } from './stage.ts'

/** Nothing of a host is ever known: names of facts are pending, not misspelt. */
const FACTS_UNKNOWN = { names: new Map<string, string>(), facts: true }
/** Tasks without a postcondition: a check can't tell what they would do. */
const ACTIONS = new Set(['command', 'shell'])

export interface Shared extends Stage {
  readonly attempts: Attempts
  readonly unknowns: Unknowns
}

/** Plays one host through the steps of a batch: what it does is drawn, what the engine makes of it is real. */
export class SimulatedHost implements Driver {
  readonly #in: HostTurn
  readonly #stage: Shared
  readonly #reports: ReportQueue

  constructor(turn: HostTurn, stage: Shared) {
    this.#in = turn
    this.#stage = stage
    this.#reports = new ReportQueue(turn)
  }

  /** Every step is done when it ends: nothing is gathered. */
  async flush(): Promise<void> {}

  async runStep(step: Step): Promise<void> {
    const { run, context } = this.#in
    const attempt = this.#stage.attempts.next(run.name, context.planned.index, step.index)
    const stepRun = new StepRun(step, () => this.#stage.clock.now())
    this.#reports.push(stepRun)
    const units = this.#unitsOf(step)
    stepRun.begin(units)
    if (units.length === 0) stepRun.settleWhole(skipped('the loop is empty'))
    for (const unit of units) {
      const outcome = await this.#runUnit(stepRun, unit, attempt)
      stepRun.settle(unit, outcome)
      // Nobody is there any more for the items after it.
      if (outcome.interrupted || outcome.status === 'unreachable') {
        stepRun.settleWhole(outcome)
        break
      }
    }
    this.#reports.drain()
  }

  /** A loop over what only a host could tell is rehearsed as one. */
  #unitsOf(step: Step): Unit[] {
    try {
      return unitsOf(this.#in.context, this.#in.run, step, FACTS_UNKNOWN)
    } catch (error) {
      this.#cantTell(step, 'its loop is rehearsed once', error)
      return [{ step, variables: {} }]
    }
  }

  async #runUnit(stepRun: StepRun, unit: Unit, attempt: number): Promise<UnitOutcome> {
    const { step } = unit
    const skip = this.#skips(unit)
    if (skip !== undefined) return skipped(skip)
    if (ON_CONTROLLER.has(ownName(step.node.task))) {
      const { outcome, lesson, unknown } = await decideHere(this.#in, unit, this.#modeOf(unit))
      if (unknown) this.#cantTell(step, 'it is passed over', unknown)
      if (lesson) stepRun.learn(lesson)
      return outcome
    }
    const mode = this.#modeOf(unit)
    if (mode === 'check' && ACTIONS.has(ownName(step.node.task))) {
      return settled({ verdict: { kind: 'action', summary: '', touches: [], spec: {} }, findings: undefined })
    }
    try {
      return this.#judged(unit, await this.#perform(unit, attempt, mode))
    } catch (error) {
      if (!this.#in.interrupts.signal.aborted) throw error
      return failed({ status: 'failed', message: 'cancelled by the operator', interrupted: true })
    }
  }

  async #perform(unit: Unit, attempt: number, mode: Mode): Promise<UnitOutcome> {
    const { run, context } = this.#in
    const { step } = unit
    const { node, plugin } = step
    const name = context.display(node.name) ?? node.task
    const canChange = plugin.apply !== undefined || plugin.compile !== undefined
    const acts = canChange && mode === 'apply'
    const role = {
      host: run.name,
      play: context.planned.index,
      step: step.index,
      name,
      task: node.task,
      item: unit.item?.index ?? 0,
      attempt,
    }
    const fate = fateOf(this.#stage, role, acts)
    const performance = new Performance(this.#in, this.#stage.clock, unit)
    await performance.look(fate)
    if (acts && !['ok', 'unreachable', 'refused'].includes(fate.end)) {
      await performance.act(fate, profileOf(this.#stage.profile, name, ownName(node.task)))
    }
    return outcomeOf(fate, canChange)
  }

  /** The condition that is false. One that only a host could tell counts as true, save before a step that is there to fail. */
  #skips({ step, variables }: Unit): string | undefined {
    const { context, run } = this.#in
    const scope = context.scope(run, step, variables, FACTS_UNKNOWN)
    for (const condition of step.node.when) {
      try {
        if (!holds(condition, scope)) return `when: ${condition.text}`
      } catch (error) {
        const fails = ownName(step.node.task) === 'fail'
        this.#cantTell(step, `when: ${condition.text} is taken as ${fails ? 'false' : 'true'}`, error)
        if (fails) return `when: ${condition.text} (only a host can tell)`
      }
    }
    return undefined
  }

  /** failed_when and changed_when, where they can be told. */
  #judged({ step, variables }: Unit, outcome: UnitOutcome): UnitOutcome {
    const { context, run } = this.#in
    try {
      return conditionsOn(step.node, context.scope(run, step, variables, FACTS_UNKNOWN), outcome)
    } catch (error) {
      this.#cantTell(step, 'failed_when and changed_when are left out', error)
      return outcome
    }
  }

  #modeOf({ step, variables }: Unit): Mode {
    const { run, context, options } = this.#in
    try {
      const own = context.keyword(run, step, 'checkMode', variables)
      return own === undefined ? options.mode : own ? 'check' : 'apply'
    } catch (error) {
      this.#cantTell(step, `check_mode is taken as ${options.mode === 'check'}`, error)
      return options.mode
    }
  }

  #cantTell({ number, node }: Step, what: string, error: unknown): void {
    this.#stage.unknowns.tell(this.#in.ports, `step ${number} (${node.task}): ${what}`, error)
  }
}

/** The same result as of a real step, marked: what a host would have said is not there, so a condition on it can't be told. */
function outcomeOf({ end, words }: Fate, canChange: boolean): UnitOutcome {
  if (end !== 'ok' && end !== 'changed') {
    return failed(
      { status: end, message: words?.message ?? `simulated: ${end}`, remedy: words?.remedy },
      { simulated: true },
    )
  }
  const status = end === 'changed' && canChange ? 'changed' : 'ok'
  return {
    status,
    message: words?.message ?? 'simulated',
    result: { changed: status === 'changed', failed: false, simulated: true },
  }
}
