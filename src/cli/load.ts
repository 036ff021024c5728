import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { RawMap } from '../expression/values.ts'
import { selectLimit } from '../inventory/limit.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import type { Inventory } from '../inventory/types.ts'
import { hostVariables } from '../inventory/variables.ts'
import { loadVarFiles, loadVarsFile } from '../inventory/vars-files.ts'
import { requireKnownTags } from '../plan/known-tags.ts'
import { type PlannedPlaybook, planPlaybooks } from '../plan/playbooks.ts'
import { loadPlaybook } from '../playbook/load.ts'
import type { Playbook } from '../playbook/types.ts'
import type { Task } from '../tasks/contract.ts'
import { createControllerFiles } from '../tasks/controller-files.ts'
import { loadPlugins } from '../tasks/plugins.ts'
import { createRegistry, type Registry } from '../tasks/registry.ts'
import { assetsDir } from './about.ts'
import { extraVars } from './extra-vars.ts'
import { misspeltVars } from './misspelt-vars.ts'
import type { RunOptions } from './options.ts'
import { preload } from './preload.ts'
import { type Rerun, rerunHosts } from './runs/rerun.ts'

export interface LoadedRun {
  readonly inventory: Inventory
  readonly playbooks: readonly PlannedPlaybook[]
  readonly limit: ReadonlySet<string> | undefined
  readonly rerun: Rerun | undefined
  readonly extraVars: RawMap
  readonly registry: Registry
  readonly warnings: readonly string[]
  plugin(name: string): Task
  inventoryVariables(host: string): RawMap
}

/** Reads and checks everything that can be known before a host is connected. Throws UserError. */
export async function loadRun(options: RunOptions): Promise<LoadedRun> {
  if (options.inventory.length === 0) {
    throw new UserError(
      { message: 'no inventory', hint: 'give one with -i hosts.ini, or -i web1,web2, (a comma list)' },
      'usage',
    )
  }
  if (options.privateKey !== undefined && !options.rehearse) await requireReadable(options.privateKey)
  const dirs = [...new Set(options.playbooks.map((playbook) => path.dirname(path.resolve(playbook))))]
  const registry = createRegistry(await loadPlugins({ playbookDirs: dirs, pluginPaths: options.pluginPath }))
  const playbooks: Playbook[] = []
  for (const file of options.playbooks) playbooks.push(await loadPlaybook(path.resolve(file), registry))
  const extra = await extraVars(options.extraVars, loadVarsFile)
  const inventory = await loadInventory(options.inventory)
  const files = await loadVarFiles(inventory, dirs)
  const typed = options.limit === undefined ? undefined : new Set((await selectLimit(options.limit, inventory)).hosts)
  const rerun = options.rerun && (await rerunHosts(options.rerun, inventory, typed, options.rehearse))
  const limit = rerun?.hosts ?? typed
  const plugin = (name: string): Task => {
    const task = registry.get(name)
    if (!task) throw new Error(`the playbook loader let the unknown task ${name} pass`)
    return task
  }
  const tags = { only: options.tags, skip: options.skipTags }
  requireKnownTags(playbooks, tags)
  const planned = planPlaybooks({
    playbooks,
    extraVars: extra,
    tags,
    select: (pattern) => selectHosts(pattern, inventory).hosts,
    limit,
    plugin,
  })
  await preload(planned, (playbookDir) => createControllerFiles({ playbookDir, assetsDir }))
  const variables = new Map<string, RawMap>()
  return {
    inventory,
    playbooks: planned,
    limit,
    rerun,
    extraVars: extra,
    registry,
    warnings: [
      ...inventory.warnings,
      ...files.warnings,
      ...playbooks.flatMap((playbook) => playbook.warnings),
      ...misspeltVars(extra, playbooks, inventory),
    ],
    plugin,
    inventoryVariables: (host) => {
      let known = variables.get(host)
      if (!known) {
        known = inventory.hosts.has(host) ? hostVariables(inventory, files, host) : IMPLICIT_LOCALHOST
        variables.set(host, known)
      }
      return known
    },
  }
}

/** A key that was asked for by name and can't be read stops the run before the first host, not at each. Throws UserError. */
async function requireReadable(key: string): Promise<void> {
  // A leading ~ is another user's or ours: the SSH layer knows.
  if (key.startsWith('~')) return
  await access(key, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : 'it can not be read'
    throw new UserError({ message: `--private-key: ${key}: ${why}`, hint: 'check the path and its permissions' })
  })
}

/** A host that only `delegate_to` names: this machine, without SSH. */
const IMPLICIT_LOCALHOST: RawMap = { ansible_connection: 'local' }
