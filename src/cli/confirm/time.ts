import type { PlannedPlaybook } from '../../plan/playbooks.ts'
import type { Duration } from './durations.ts'
import type { HostPlan } from './host-plan.ts'

/** Milliseconds that the apply is expected to take, and the long tasks that nobody knows anything of. */
export interface TimeEstimate {
  readonly low: number
  readonly high: number
  /** Hosts of past runs that the figures come from. */
  readonly from: number
  readonly unknown: readonly string[]
  /** Tasks such as `shell`: what one of them ran tells nothing of another. */
  readonly uncounted: readonly string[]
}

/**
 * Batches come one after the other, and within one `forks` hosts at a time. A host takes as long as its pending steps took on other hosts;
 * short ones that never ran here count nothing.
 */
export function estimateTime(
  plans: ReadonlyMap<string, HostPlan>,
  playbooks: readonly PlannedPlaybook[],
  past: ReadonlyMap<string, Duration>,
  forks: number,
): TimeEstimate {
  let low = 0
  let high = 0
  const unknown = new Set<string>()
  const uncounted = new Set<string>()
  const used = new Set<Duration>()
  for (const { index, batches, steps } of playbooks.flatMap((playbook) => playbook.plays)) {
    const runsAnything = new Set(
      steps.filter(({ plugin }) => plugin.freeForm !== undefined).map(({ node }) => node.task),
    )
    const isLong = new Set(steps.filter(({ plugin }) => plugin.apply).map(({ node }) => node.task))
    for (const batch of batches) {
      const hosts = batch.flatMap((host) => {
        const pending = (plans.get(host)?.pending ?? []).filter(({ play }) => play === index).map(({ task }) => task)
        if (pending.length === 0) return []
        for (const task of pending) if (runsAnything.has(task)) uncounted.add(task)
        const tasks = pending.filter((task) => !runsAnything.has(task))
        const known = tasks.flatMap((task) => past.get(task) ?? [])
        for (const one of known) used.add(one)
        for (const task of tasks) if (isLong.has(task) && !past.has(task)) unknown.add(task)
        return [{ low: sum(known.map((one) => one.low)), high: sum(known.map((one) => one.high)) }]
      })
      if (hosts.length === 0) continue
      const waves = Math.ceil(hosts.length / forks)
      low += (waves * sum(hosts.map((host) => host.low))) / hosts.length
      high += waves * Math.max(...hosts.map((host) => host.high))
    }
  }
  const from = Math.max(0, ...[...used].map(({ hosts }) => hosts))
  return { low, high, from, unknown: [...unknown], uncounted: [...uncounted] }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
