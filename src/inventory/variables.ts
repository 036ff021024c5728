import type { RawMap } from '../expression/values.ts'
import { EMPTY, mergeMaps } from './raw-map.ts'
import type { Inventory, InventoryGroup } from './types.ts'
import type { LoadedVarFiles, VarsLayer } from './vars-files.ts'

/** Merged group variables by a host's list of groups, which hosts with the same groups share. */
type Merged = Map<readonly string[], RawMap>
const cache = new WeakMap<Inventory, WeakMap<LoadedVarFiles, Merged>>()

/**
 * All variables that inventory and variable files give a host, lowest layer first: group variables of the inventory,
 * group_vars/all beside it, group_vars/all beside the playbook, the other group_vars beside the inventory, those beside the playbook,
 * then the host's: inventory, host_vars beside it, host_vars beside the playbook. Groups merge by depth, priority, name.
 * Hosts in the same groups that have no variables of their own get the very same map. Throws for a host that is not in the inventory.
 */
export function hostVariables(inventory: Inventory, files: LoadedVarFiles, host: string): RawMap {
  const entry = inventory.hosts.get(host)
  if (!entry) throw new Error(`no host ${host} in the inventory`)
  const own = (layers: readonly VarsLayer[]) => layers.map((layer) => layer.hosts.get(host) ?? EMPTY)
  const group = groupVariables(inventory, files, entry.groups)
  return mergeMaps([group, entry.vars, ...own(files.inventory), ...own(files.playbook)])
}

function groupVariables(inventory: Inventory, files: LoadedVarFiles, names: readonly string[]): RawMap {
  const merged = mergedFor(inventory, files)
  const known = merged.get(names)
  if (known) return known
  const others = names.filter((name) => name !== 'all')
  const ofLayers = (layers: readonly VarsLayer[], groups: readonly string[]) =>
    layers.map((layer) => mergeMaps(groups.map((name) => layer.groups.get(name) ?? EMPTY)))
  const result = mergeMaps([
    ...['all', ...others].map((name) => (inventory.groups.get(name) as InventoryGroup).vars),
    ...ofLayers(files.inventory, ['all']),
    ...ofLayers(files.playbook, ['all']),
    ...ofLayers(files.inventory, others),
    ...ofLayers(files.playbook, others),
  ])
  merged.set(names, result)
  return result
}

function mergedFor(inventory: Inventory, files: LoadedVarFiles): Merged {
  const byFiles = cache.get(inventory) ?? new WeakMap<LoadedVarFiles, Merged>()
  cache.set(inventory, byFiles)
  const merged = byFiles.get(files) ?? new Map()
  byFiles.set(files, merged)
  return merged
}
