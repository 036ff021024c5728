import path from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { render } from '../expression/index.ts'
import { type Raw, TemplateText, type Value } from '../expression/values.ts'
import type { Unit } from './prepare.ts'
import type { LayeredScope } from './scope.ts'

/**
 * Refuses a path on the controller that leads out of the playbook's directory where a host had a say in it: a host name of
 * `../../root/.ssh/id_ed25519` must not fetch that file. What people wrote may lead anywhere. Throws UserError.
 *
 * @param own the scope without anything that came from hosts
 */
function requireOwnPath(name: string, raw: Raw, value: Value, origin: Origin, own: LayeredScope): void {
  if (!(raw instanceof TemplateText) || typeof value !== 'string') return
  if (!path.isAbsolute(value) && !value.split('/').includes('..')) return
  if (same(() => render(raw, own), value)) return
  throw new UserError({
    message: `${name}: ${JSON.stringify(value)} leads out of the playbook's directory, and a host had a say in it`,
    origin,
    hint: 'facts, results and set_fact may choose among files beside the playbook; other paths come from vars or the inventory',
  })
}

/** The same for what a play's `vars_files` gave. */
export function requireOwnVarsFile(raw: Raw, value: string, origin: Origin, scope: LayeredScope): void {
  requireOwnPath('vars_files', raw, value, origin, scope.withoutHosts({}))
}

/** The same for those of a step's arguments that its plugin declares as paths on the controller. */
export function requireOwnPaths(
  { step, variables, item }: Unit,
  rendered: Readonly<Record<string, unknown>>,
  scope: LayeredScope,
): void {
  const { node, plugin } = step
  for (const key of plugin.controllerPaths ?? []) {
    const raw = node.args[key]
    if (raw === undefined) continue
    const { loop } = node
    const own = scope.withoutHosts({})
    const ownItems = loop === undefined || item === undefined ? [] : attempt(() => render(loop, own))
    const ofItem = item && Array.isArray(ownItems) ? (ownItems as readonly Value[])[item.index] : undefined
    const name = node.loopControl?.loopVar ?? 'item'
    const authored = ofItem !== undefined && JSON.stringify(ofItem) === JSON.stringify(variables[name])
    const origin = node.argOrigins[key] ?? node.origin
    requireOwnPath(key, raw, rendered[key] as Value, origin, authored ? scope.withoutHosts(variables) : own)
  }
}

function same(give: () => Value, value: Value): boolean {
  return attempt(give) === value
}

function attempt(give: () => Value): Value | undefined {
  try {
    return give()
  } catch {
    // It needs what a host said.
    return undefined
  }
}
