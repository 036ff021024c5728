import type { Step } from '../plan/plan.ts'
import { validateArgs } from '../playbook/args.ts'
import type { ControllerFiles, Probe } from '../tasks/contract.ts'

export interface Declared {
  readonly args: unknown
  readonly local: unknown
  readonly probes: Readonly<Record<string, Probe<unknown>>>
}

/** Different arguments of a step that are remembered: a step whose arguments name each host must not grow with the fleet. */
const REMEMBERED = 64

/** What the same arguments of a step were found to be: on most hosts a step has the same ones, and each looks at them several times. */
const known = new WeakMap<Step, Map<string, Pick<Declared, 'args'> & Partial<Declared>>>()

/**
 * Checks a step's rendered arguments and asks its plugin for its probes. The controller's files are asked for each time:
 * an earlier step may have written them. Throws UserError.
 */
export async function declare(
  step: Step,
  rendered: Readonly<Record<string, unknown>>,
  files: ControllerFiles,
): Promise<Declared> {
  const { node, plugin } = step
  const key = JSON.stringify(rendered, exact)
  const memory = known.get(step) ?? new Map<string, Pick<Declared, 'args'> & Partial<Declared>>()
  known.set(step, memory)
  let found = memory.get(key)
  if (!found) {
    const args = validateArgs(plugin, rendered, node.argOrigins, node.taskOrigin)
    found = plugin.load ? { args } : { args, probes: plugin.probes(args, undefined) as Declared['probes'] }
    if (memory.size >= REMEMBERED) memory.delete(memory.keys().next().value as string)
    memory.set(key, found)
  }
  const { args, probes } = found
  if (probes) return { args, probes, local: undefined }
  const local = await plugin.load?.(args, files)
  return { args, local, probes: plugin.probes(args, local) as Declared['probes'] }
}

/** Numbers that JSON can't tell apart from null. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `number:${value}` : value
}
