import type { Inventory, InventoryGroup } from './types.ts'

const cache = new WeakMap<Inventory, Map<string, readonly string[]>>()

/**
 * Hosts of a group and of all groups below it, in Ansible's order: its own first, then level by level, children in file order.
 * Empty for a group that does not exist.
 */
export function groupHosts(inventory: Inventory, name: string): readonly string[] {
  const known = cache.get(inventory) ?? new Map<string, readonly string[]>()
  cache.set(inventory, known)
  const cached = known.get(name)
  if (cached) return cached
  const hosts = new Set<string>()
  const groups = new Set(inventory.groups.has(name) ? [name] : [])
  // A Set is walked in order of insertion, entries added on the way included: this is the walk by levels.
  for (const one of groups) {
    const group = inventory.groups.get(one) as InventoryGroup
    for (const host of group.hosts) hosts.add(host)
    for (const child of group.children) groups.add(child)
  }
  const list = Object.freeze([...hosts])
  known.set(name, list)
  return list
}
