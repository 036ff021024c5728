import type { RawMap } from '../expression/values.ts'

export interface InventoryGroup {
  readonly name: string
  /** Direct members, in file order. */
  readonly hosts: readonly string[]
  /** Direct child groups, in file order. */
  readonly children: readonly string[]
  /** From inventory sources only; group_vars files are separate layers (see HostVariables). */
  readonly vars: RawMap
  /** 0 for `all`; longest way down from it otherwise. */
  readonly depth: number
  /** `ansible_group_priority`, 1 when unset. */
  readonly priority: number
}

export interface InventoryHost {
  readonly name: string
  /** Variables of its host lines. */
  readonly vars: RawMap
  /** All groups it is in, `all` included, ordered as variables merge: depth, priority, name. */
  readonly groups: readonly string[]
}

/** Frozen result of all sources, merged left to right. `all` and `ungrouped` always exist. Hosts are in inventory order. */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, InventoryHost>
  readonly groups: ReadonlyMap<string, InventoryGroup>
  /** Absolute paths or comma lists, as given. */
  readonly sources: readonly string[]
  /** Directories beside which group_vars/ and host_vars/ are looked for. */
  readonly directories: readonly string[]
  readonly warnings: readonly string[]
}
