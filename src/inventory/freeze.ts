import type { DraftGroup, InventoryDraft } from './draft.ts'
import type { Inventory, InventoryGroup, InventoryHost } from './types.ts'

/**
 * Ends the reading of sources: groups without a parent come below `all`, hosts without a group into `ungrouped`
 * (and only those), depths are known, each host knows its groups in the order in which variables merge.
 */
export function freezeInventory(
  draft: InventoryDraft,
  sources: readonly string[],
  directories: readonly string[],
): Inventory {
  settleUngrouped(draft)
  for (const group of draft.groups.values()) {
    if (group.name === 'all' || group.parents.size > 0) continue
    draft.addChild('all', group.name, group.name)
  }
  const depths = new Map<string, number>()
  const depthOf = (group: DraftGroup): number => {
    const known = depths.get(group.name)
    if (known !== undefined) return known
    const parents = [...group.parents].map((name) => depthOf(draft.groups.get(name) as DraftGroup))
    const depth = group.name === 'all' ? 0 : Math.max(...parents) + 1
    depths.set(group.name, depth)
    return depth
  }
  const groups = new Map<string, InventoryGroup>()
  for (const group of draft.groups.values()) {
    groups.set(group.name, {
      name: group.name,
      hosts: Object.freeze([...group.hosts]),
      children: Object.freeze([...group.children]),
      vars: group.vars,
      depth: depthOf(group),
      priority: group.priority,
    })
  }
  for (const name of draft.hosts.keys()) {
    if (groups.has(name))
      draft.warnings.add('same-name', `${name}`, 'is the name of a host and of a group; a pattern means the host')
  }
  return Object.freeze({
    hosts: freezeHosts(draft, groups),
    groups,
    sources: Object.freeze([...sources]),
    directories: Object.freeze([...new Set(directories)]),
    warnings: Object.freeze([...draft.warnings.list()]),
  })
}

function settleUngrouped(draft: InventoryDraft): void {
  const grouped = new Set<string>()
  for (const { name, hosts } of draft.groups.values()) {
    if (name !== 'all' && name !== 'ungrouped') for (const host of hosts) grouped.add(host)
  }
  const ungrouped = draft.addGroup('ungrouped').hosts
  for (const host of draft.hosts.keys()) {
    if (grouped.has(host)) ungrouped.delete(host)
    else ungrouped.add(host)
  }
}

function freezeHosts(draft: InventoryDraft, groups: ReadonlyMap<string, InventoryGroup>): Map<string, InventoryHost> {
  const direct = new Map<string, string[]>()
  for (const group of groups.values()) {
    for (const host of group.hosts) {
      const list = direct.get(host)
      if (list) list.push(group.name)
      else direct.set(host, [group.name])
    }
  }
  // Hosts with the same direct groups share one list, which is also the key under which their merged group variables are shared.
  const shared = new Map<string, readonly string[]>()
  const hosts = new Map<string, InventoryHost>()
  for (const [name, vars] of draft.hosts) {
    const names = direct.get(name) ?? []
    const key = names.join('\n')
    let all = shared.get(key)
    if (!all) {
      all = Object.freeze(mergeOrder(withAncestors(names, draft), groups))
      shared.set(key, all)
    }
    hosts.set(name, Object.freeze({ name, vars, groups: all }))
  }
  return hosts
}

function withAncestors(names: readonly string[], draft: InventoryDraft): Set<string> {
  const found = new Set<string>(['all'])
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    open.push(...(draft.groups.get(name) as DraftGroup).parents)
  }
  return found
}

function mergeOrder(names: Iterable<string>, groups: ReadonlyMap<string, InventoryGroup>): string[] {
  const list = [...names].map((name) => groups.get(name) as InventoryGroup)
  list.sort((a, b) => a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : 1))
  return list.map((group) => group.name)
}
