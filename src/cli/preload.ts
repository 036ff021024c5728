import path from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { type Raw, type RawMap, TemplateText, type Value, type ValueMap } from '../expression/values.ts'
import type { PlannedPlaybook } from '../plan/playbooks.ts'
import type { AuthoredArgs, ControllerFiles } from '../tasks/contract.ts'

/**
 * Lets each task of the playbooks look at the controller's own files that it is going to read, so that a fault in one of them is said
 * once and before any host is connected. Throws UserError with all faults.
 */
export async function preload(
  playbooks: readonly PlannedPlaybook[],
  filesFor: (playbookDir: string) => ControllerFiles,
): Promise<void> {
  const faults: UserError[] = []
  for (const { playbook, plays } of playbooks) {
    const steps = plays.flatMap((play) => play.steps).filter(({ plugin }) => plugin.preload)
    if (steps.length === 0) continue
    const files = filesFor(path.dirname(playbook.path))
    for (const { node, plugin } of steps) {
      try {
        await plugin.preload?.(authored(node.args), files)
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        faults.push(error)
      }
    }
  }
  const [first, ...others] = new Map(faults.map((fault) => [fault.message, fault])).values()
  if (first && others.length === 0) throw first
  if (first) throw new UserError([first, ...others].flatMap(({ diagnostics }) => diagnostics))
}

function authored(args: RawMap): AuthoredArgs {
  const entries = Object.entries(args)
  return {
    plain: Object.fromEntries(entries.filter(([, value]) => isPlain(value))) as ValueMap,
    templated: entries.filter(([, value]) => !isPlain(value)).map(([name]) => name),
  }
}

function isPlain(value: Raw): value is Value {
  if (value instanceof TemplateText) return false
  if (typeof value !== 'object' || value === null) return true
  return (Array.isArray(value) ? value : Object.values(value)).every(isPlain)
}
