import { UserError } from '../../diagnostics/diagnostic.ts'
import type { Mode } from '../../events/types.ts'
import { PendingValue } from '../../expression/values.ts'
import { judged } from '../conditions.ts'
import { decide } from '../decide.ts'
import type { HostTurn } from '../driver-input.ts'
import { settled, skipped } from '../outcomes.ts'
import { prepare, type Unit } from '../prepare.ts'
import type { Lesson, UnitOutcome } from '../step-run.ts'

/** Tasks of our own that look at no host and touch none: they are run as they are, as far as what they need is known. */
export const ON_CONTROLLER: ReadonlySet<string> = new Set(['assert', 'debug', 'fail', 'set_fact'])

interface Decided {
  readonly outcome: UnitOutcome
  readonly lesson?: Lesson | undefined
  /** Why it could not be told. */
  readonly unknown?: unknown
}

/** Decides such a step. One that needs what only a host could tell is passed over, and the names that it would set stay unknown. */
export async function decideHere({ run, context }: HostTurn, unit: Unit, mode: Mode): Promise<Decided> {
  try {
    const ready = await prepare(context, run, unit, { names: new Map(), facts: true })
    if ('skip' in ready) return { outcome: skipped(ready.skip) }
    const decision = decide(run, ready, new Map(), mode)
    const { verdict } = decision
    return {
      outcome: judged(ready, settled(decision)),
      ...(verdict.kind === 'ok' ? { lesson: { vars: verdict.vars, facts: verdict.facts } } : {}),
    }
  } catch (error) {
    if (!(error instanceof UserError || error instanceof PendingValue)) throw error
    if (unit.step.plugin.name === 'set_fact') {
      for (const name of Object.keys(unit.step.node.args)) run.pendingNames.set(name, 'only a host can tell')
    }
    return { outcome: skipped('only a host can tell'), unknown: error }
  }
}
