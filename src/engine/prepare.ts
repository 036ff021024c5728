import { UserError } from '../diagnostics/diagnostic.ts'
import { evaluate, holds, render } from '../expression/index.ts'
import { ExpressionText, type Raw, TemplateText, type Value, type ValueMap } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import { requireOwnPaths } from './controller-paths.ts'
import { type Declared, declare } from './declare.ts'
import type { HostRun } from './host-run.ts'
import type { BecomeWish, PlayContext } from './play-context.ts'
import type { LayeredScope } from './scope.ts'

/** One execution of a step on a host: the step itself, or one item of its loop. */
export interface Unit {
  readonly step: Step
  /** Loop variables; empty without a loop. */
  readonly variables: ValueMap
  readonly item?: { readonly label: string; readonly index: number } | undefined
}

/** A unit whose arguments are known and whose probes are declared. */
export interface Prepared extends Declared {
  readonly unit: Unit
  readonly become: BecomeWish | undefined
  readonly scope: LayeredScope
}

export type Ahead = { names: ReadonlyMap<string, string>; facts: boolean }

/** The units of a step: one, or one for each item. Throws PendingValue or UserError. */
export function unitsOf(context: PlayContext, run: HostRun, step: Step, ahead?: Ahead): Unit[] {
  const { loop, loopControl } = step.node
  if (loop === undefined) return [{ step, variables: {} }]
  const items = render(loop, context.scope(run, step, {}, ahead))
  if (!Array.isArray(items)) {
    const origin = loop instanceof TemplateText ? loop.origin : step.node.origin
    throw new UserError({
      message: 'the loop did not give a list',
      origin,
      hint: 'a single value is a list of one: [value]',
    })
  }
  const name = loopControl?.loopVar ?? 'item'
  return (items as Value[]).map((value, index) => {
    const variables: Record<string, Value> = { [name]: value, ansible_loop_var: name }
    if (loopControl?.indexVar !== undefined) variables[loopControl.indexVar] = index
    const shown =
      loopControl?.label === undefined ? value : render(loopControl.label, context.scope(run, step, variables, ahead))
    return { step, variables, item: { label: typeof shown === 'string' ? shown : JSON.stringify(shown), index } }
  })
}

/** `skip` with the condition that was false, or the unit ready to be probed. Throws PendingValue or UserError. */
export async function prepare(
  context: PlayContext,
  run: HostRun,
  unit: Unit,
  ahead?: Ahead,
): Promise<Prepared | { skip: string }> {
  const { step } = unit
  const { node, plugin } = step
  const scope = context.scope(run, step, unit.variables, ahead)
  for (const condition of node.when) {
    if (!holds(condition, scope)) return { skip: `when: ${condition.text}` }
  }
  const rendered: Record<string, unknown> = {}
  for (const [key, raw] of Object.entries(node.args)) {
    rendered[key] = plugin.expressions?.includes(key) ? expressionArgument(raw, key, node, scope) : render(raw, scope)
  }
  requireOwnPaths(unit, rendered, scope)
  const declared = await declare(step, rendered, context.files)
  return { unit, ...declared, become: context.become(run, step, unit.variables), scope }
}

/** `that: x == 1` or a list of these, each with its value. */
function expressionArgument(raw: Raw, key: string, node: Step['node'], scope: LayeredScope): unknown {
  if (Array.isArray(raw)) return (raw as Raw[]).map((part, i) => expressionArgument(part, `${key}.${i}`, node, scope))
  if (raw instanceof TemplateText) return { expression: raw.text, value: render(raw, scope) }
  if (typeof raw !== 'string') return { expression: String(raw), value: raw }
  const origin = node.argOrigins[key] ?? node.origin
  return { expression: raw, value: evaluate(new ExpressionText(raw, origin), scope) }
}
