import type { Value, ValueMap } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import type { HostRun } from './host-run.ts'
import type { PlayContext } from './play-context.ts'

/** What a host knew before a step that it runs for the whole batch. */
interface Snapshot {
  readonly set: ValueMap
  readonly pending: ReadonlySet<string>
}

/** What the one host learnt holds for all hosts of the batch; so does what check mode can't tell yet. */
export interface OnceLesson {
  readonly set: readonly (readonly [string, Value])[]
  readonly pending: readonly (readonly [string, string])[]
}

/** The segment is a step that one host runs for all. Throws UserError or PendingValue. */
export function runsOnce(segment: readonly Step[], context: PlayContext, active: readonly HostRun[]): boolean {
  const [step] = segment
  const [run] = active
  if (!step || !run || step.node.runOnce === undefined) return false
  return context.keyword(run, step, 'runOnce') ?? false
}

export function snapshot(run: HostRun): Snapshot {
  return { set: { ...run.set }, pending: new Set(run.pendingNames.keys()) }
}

export function lessonOf(run: HostRun, before: Snapshot): OnceLesson {
  return {
    set: Object.entries(run.set).filter(([name, value]) => before.set[name] !== value),
    pending: [...run.pendingNames].filter(([name]) => !before.pending.has(name)),
  }
}

export function teach(run: HostRun, { set, pending }: OnceLesson): void {
  for (const [name, value] of set) run.remember(name, value)
  for (const [name, reason] of pending) run.pendingNames.set(name, reason)
}
