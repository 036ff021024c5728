import type { Verdict } from '../tasks/contract.ts'
import type { DriverInput } from './driver-input.ts'
import { digestOf, type Forecast, type Foreseen, type Place } from './forecast.ts'
import { skipped } from './outcomes.ts'
import type { Unit } from './prepare.ts'
import type { Failure } from './remote-failure.ts'
import type { UnitOutcome } from './step-run.ts'

type Change = Verdict<unknown> & { kind: 'change' | 'action' }

/** One host's side of the plan that a person confirms: a check writes it down, an apply is held to it. */
export class Holding {
  readonly #in: DriverInput

  constructor(input: DriverInput) {
    this.#in = input
  }

  /** Writes down what a check sees of a unit. */
  foresee(unit: Unit, foreseen: Foreseen): void {
    if (this.#planning) this.#in.options.forecast?.note(this.#placeOf(unit), foreseen)
  }

  /** The same for one that is skipped. Skipped because this is a check, it will not be in an apply: then its result is not known either. */
  skipped(unit: Unit, reason: string): UnitOutcome {
    const onlyInCheck = reason.includes('ansible_check_mode')
    this.foresee(unit, { kind: onlyInCheck ? 'unknown' : 'skipped' })
    const outcome = skipped(reason)
    return onlyInCheck && this.#planning ? { ...outcome, untold: true } : outcome
  }

  /** Why the unit's change may not be made: nobody confirmed it, or an earlier one on this host. */
  against(unit: Unit, verdict: Change): Failure | undefined {
    const { run, options } = this.#in
    if (options.mode === 'check' || !options.forecast) return undefined
    return run.held ?? heldBack(options.forecast, this.#placeOf(unit), verdict)
  }

  get #planning(): boolean {
    const { mode, forecast } = this.#in.options
    return mode === 'check' && forecast !== undefined
  }

  /** A step that is run once is the whole batch's: another of its hosts may come to run it. */
  #placeOf({ step, item }: Unit): Place {
    const { run, context, batch } = this.#in
    const once = step.node.runOnce !== undefined && context.keyword(run, step, 'runOnce')
    const host = once ? `batch ${batch}` : run.name
    return { host, play: context.planned.index, step: step.index, item: item?.index }
  }
}

function heldBack(forecast: Forecast, place: Place, verdict: Change): Failure | undefined {
  const why = difference(forecast.at(place), verdict)
  if (why === undefined) return undefined
  return {
    status: 'refused',
    message: `its plan differs from the one that was confirmed: ${why}; now: ${verdict.summary}`,
    remedy: 'nothing more was done on it; run again to see its plan as it is now',
  }
}

function difference(seen: Foreseen | undefined, verdict: Change): string | undefined {
  switch (seen?.kind) {
    case 'unknown':
      return undefined
    case 'change':
      if (verdict.kind === 'change' && digestOf(verdict) === seen.digest) return undefined
      return verdict.summary === seen.summary ? 'the same step with other details' : `confirmed was: ${seen.summary}`
    case 'ok':
      return 'nothing was to be done in this step'
    case 'skipped':
      return 'this step was to be skipped'
    case 'refused':
      return 'this step was refused then'
    case 'away':
      return 'it was in the middle of its upgrade then, and is back'
    case undefined:
      return 'it could not be looked at then, so nobody saw this'
  }
}
