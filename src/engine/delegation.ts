import { render } from '../expression/index.ts'
import type { ValueMap } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import type { HostTurn } from './driver-input.ts'
import type { HostRun } from './host-run.ts'

/** The host a step runs on instead of its own. `item`: loop variables. Throws UserError or PendingValue. */
export function delegateOf({ context, run }: HostTurn, step: Step, item?: ValueMap): string | undefined {
  const name = step.node.delegateTo
  return name === undefined ? undefined : String(render(name, context.scope(run, step, item)))
}

/** The host whose state a step sees and changes: its own, or the one it is delegated to. */
export function placeOf(input: HostTurn, step: Step, item?: ValueMap): HostRun {
  const delegate = delegateOf(input, step, item)
  return delegate === undefined ? input.run : input.runOf(delegate)
}
