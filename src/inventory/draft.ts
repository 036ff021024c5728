import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import type { Raw, RawMap } from '../expression/values.ts'
import { EMPTY, mergeMaps } from './raw-map.ts'
import { Warnings } from './warnings.ts'

export interface DraftGroup {
  readonly name: string
  readonly hosts: Set<string>
  readonly children: Set<string>
  readonly parents: Set<string>
  vars: RawMap
  priority: number
}

/** The inventory while its sources are read, one after the other. `freezeInventory` makes the result of it. */
export class InventoryDraft {
  readonly groups = new Map<string, DraftGroup>()
  /** Variables of each host, in the order in which hosts were first named. */
  readonly hosts = new Map<string, RawMap>()
  readonly warnings = new Warnings()

  constructor() {
    this.addGroup('all')
    this.addGroup('ungrouped')
    this.#link('all', 'ungrouped')
  }

  /** Adds the group unless it is known. `where` is used for a warning or an error about its name. */
  addGroup(name: string, where?: Origin | string): DraftGroup {
    const known = this.groups.get(name)
    if (known) return known
    if (name === '' || /\p{Cc}/u.test(name)) {
      const message = `${JSON.stringify(name)} is not a group name`
      throw new UserError(typeof where === 'object' ? { message, origin: where } : `${where}: ${message}`)
    }
    if (where && /^\d|\W/.test(name)) {
      this.warnings.add(
        'group-name',
        where,
        `the group name "${name}" is no identifier: expressions can't use it as groups.${name}`,
      )
    }
    const group: DraftGroup = {
      name,
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      vars: EMPTY,
      priority: 1,
    }
    this.groups.set(name, group)
    return group
  }

  /** Adds a host to a group. A port counts only where the host is first named, as in Ansible. */
  addHost(name: string, group: string, port?: number, where?: Origin | string): void {
    const known = this.hosts.get(name)
    if (!known) this.hosts.set(name, port === undefined ? EMPTY : mergeMaps([mapOf('ansible_port', port)]))
    else if (port !== undefined && known.ansible_port !== port && where) {
      this.warnings.add(
        'port',
        where,
        `the port ${port} is ignored: the host ${name} was named before; set ansible_port instead`,
      )
    }
    this.addGroup(group).hosts.add(name)
  }

  /** Later values win. The map is shared by all hosts that got no other. */
  setHostVars(name: string, vars: RawMap): void {
    this.hosts.set(name, mergeMaps([this.hosts.get(name) ?? EMPTY, vars]))
  }

  setGroupVar(name: string, key: string, value: Raw, where: Origin | string): void {
    const group = this.addGroup(name)
    if (key === 'ansible_group_priority') group.priority = readPriority(value, where)
    else group.vars = mergeMaps([group.vars, mapOf(key, value)])
  }

  addChild(parent: string, child: string, where: Origin | string): void {
    const fail = (message: string) => {
      throw new UserError(typeof where === 'string' ? `${where}: ${message}` : { message, origin: where })
    }
    if (parent === 'ungrouped' || (child === 'ungrouped' && parent !== 'all')) {
      fail('"ungrouped" holds the hosts that are in no other group: it has no parents and no children')
    }
    if (parent === child || this.#reaches(child, parent)) {
      fail(`making "${child}" a child of "${parent}" closes a loop of groups: "${parent}" is already below "${child}"`)
    }
    this.#link(parent, child)
  }

  #link(parent: string, child: string): void {
    this.addGroup(parent).children.add(child)
    this.addGroup(child).parents.add(parent)
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set<string>()
    const open = [from]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === to) return true
      if (seen.has(name)) continue
      seen.add(name)
      for (const child of this.groups.get(name)?.children ?? []) open.push(child)
    }
    return false
  }
}

function mapOf(key: string, value: Raw): RawMap {
  return Object.freeze(Object.assign(Object.create(null), { [key]: value }) as RawMap)
}

function readPriority(value: Raw, where: Origin | string): number {
  const number = typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(Math.trunc(number))) return Math.trunc(number)
  const message = 'ansible_group_priority must be a whole number'
  throw new UserError(typeof where === 'string' ? `${where}: ${message}` : { message, origin: where })
}
