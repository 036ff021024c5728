import { fingerprint } from './fingerprint.ts'
import type { HostView } from './host.ts'

export type FailureKind = 'failed' | 'refused' | 'unreachable' | 'overdue'

/** Hosts that failed alike. */
export interface FailureGroup {
  readonly kind: FailureKind
  readonly step: string
  /** As the first host said it. */
  readonly message: string
  readonly remedy: string
  readonly first: string
  /** Another host of the group gave other figures. */
  varied: boolean
  readonly hosts: Set<HostView>
}

/** Failures by their fingerprint; a host is in one group at most, that of its first cause. */
export class Failures {
  readonly #groups = new Map<string, FailureGroup>()

  add(host: HostView, failure: { kind: FailureKind; step: string; message: string; remedy: string }): void {
    if (host.failure) return
    const { kind, step, message, remedy } = failure
    const key = `${kind}\0${fingerprint(step, message, host.name)}`
    let group = this.#groups.get(key)
    if (!group) {
      group = { kind, step, message, remedy, first: host.name, varied: false, hosts: new Set() }
      this.#groups.set(key, group)
    } else if (group.message.replaceAll(group.first, '') !== message.replaceAll(host.name, '')) group.varied = true
    group.hosts.add(host)
    host.failure = group
  }

  /** The host begins again: what failed counts no more. */
  drop(host: HostView): void {
    host.failure?.hosts.delete(host)
    host.failure = undefined
  }

  /** Largest first. */
  groups(): FailureGroup[] {
    return [...this.#groups.values()].filter(({ hosts }) => hosts.size > 0).sort((a, b) => b.hosts.size - a.hosts.size)
  }
}

/** Its hosts in the order of the inventory: they failed in any. */
export function hostsOf({ hosts }: FailureGroup): HostView[] {
  return [...hosts].sort((a, b) => a.index - b.index)
}

/** `17 hosts: no space in /boot ...`; a single host by its name. */
export function failureText({ hosts, message, first, varied, kind }: FailureGroup): string {
  const who = hosts.size === 1 ? [...hosts].map(({ name }) => name).join('') : `${hosts.size} hosts`
  const said = message === '' ? kind : message
  return `${who}: ${said}${varied && hosts.size > 1 ? ` (figures of ${first})` : ''}`
}
