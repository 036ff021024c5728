import { UserError } from '../diagnostics/diagnostic.ts'
import { PendingValue } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import type { Probe } from '../tasks/contract.ts'
import type { HostRun } from './host-run.ts'
import type { BecomeWish, PlayContext } from './play-context.ts'
import { type Ahead, prepare, type Unit, unitsOf } from './prepare.ts'

/** Where a host stands in its play. */
export interface Position {
  readonly step: Step
  /** Items of the step's loop that are still to come. */
  readonly rest: readonly Unit[]
  /** What steps that are begun and not yet reported will set. */
  readonly begun: Ahead | undefined
}

/**
 * The probes that the rest of a loop and later steps of the play will want from the same host as the same user, as far as
 * their arguments can be told now: asked in one frame with the first that is needed. What can't be told yet is left for
 * its own turn, and so is every error.
 */
export async function probesAhead(
  context: PlayContext,
  run: HostRun,
  { step: current, rest, begun }: Position,
  become: BecomeWish | undefined,
): Promise<Probe<unknown>[]> {
  const found: Probe<unknown>[] = []
  const names = new Map(begun?.names)
  let facts = begun?.facts ?? false
  const look = async (units: () => readonly Unit[]): Promise<void> => {
    const ahead = { names, facts }
    try {
      for (const unit of units()) {
        const prepared = await prepare(context, run, unit, ahead)
        if ('skip' in prepared || prepared.become?.user !== become?.user) continue
        found.push(...Object.values(prepared.probes))
      }
    } catch (error) {
      if (!(error instanceof PendingValue || error instanceof UserError)) throw error
    }
  }
  const learn = (step: Step): void => {
    if (step.node.register !== undefined) names.set(step.node.register, `registered by step ${step.number}`)
    if (step.node.task.endsWith('set_fact')) {
      for (const name of Object.keys(step.node.args)) names.set(name, `set by step ${step.number}`)
    }
    if (step.node.task.endsWith('setup')) facts = true
  }
  await look(() => rest)
  learn(current)
  for (const step of context.planned.steps.slice(current.index + 1)) {
    if (step.node.delegateTo === undefined) {
      await look(() => unitsOf(context, run, step, { names, facts }))
    }
    learn(step)
  }
  return found
}
