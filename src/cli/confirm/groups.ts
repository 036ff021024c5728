import { createHash } from 'node:crypto'
import { withoutHostName } from '../../events/host-name.ts'
import type { HostPlan, PendingStep } from './host-plan.ts'

/** Hosts that have the same to be done, in the same words; `variants` are those whose diffs are the same too. */
export interface PlanGroup {
  readonly steps: readonly PendingStep[]
  readonly hosts: readonly string[]
  /** The largest first. */
  readonly variants: readonly Variant[]
}

interface Variant {
  readonly hosts: readonly string[]
  /** The host's own name is `<host>` in them, where there are several. */
  readonly steps: readonly PendingStep[]
}

interface Draft {
  readonly hosts: string[]
  readonly own: readonly PendingStep[]
  steps: readonly PendingStep[]
}

/** Folds hosts with identical plans, the largest group first. Hosts on which nothing is pending are in none. */
export function groupPlans(plans: Iterable<HostPlan>): PlanGroup[] {
  const groups = new Map<string, Map<string, Draft>>()
  for (const { host, pending: own } of plans) {
    if (own.length === 0) continue
    // A step's name is its author's: where it names a host it does so to all of them.
    const pending = own.map(({ name, ...step }) => ({ ...withoutHostName(step, host), name }))
    const words = digest(pending.map(({ diff: _, ...step }) => step))
    const details = digest(pending.map(({ diff }) => diff))
    const variants = groups.get(words) ?? new Map<string, Draft>()
    groups.set(words, variants)
    const variant = variants.get(details) ?? { hosts: [], own, steps: pending }
    variants.set(details, variant)
    variant.hosts.push(host)
  }
  const largest = (a: { hosts: readonly string[] }, b: { hosts: readonly string[] }) => b.hosts.length - a.hosts.length
  return [...groups.values()]
    .map((variants) => {
      const sorted = [...variants.values()].sort(largest)
      const [most] = sorted
      if (most && sorted.length === 1 && most.hosts.length === 1) most.steps = most.own
      return { steps: most?.steps ?? [], hosts: sorted.flatMap(({ hosts }) => hosts), variants: sorted }
    })
    .sort(largest)
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64')
}
