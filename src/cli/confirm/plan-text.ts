import { visible } from '../../events/visible.ts'
import type { DisruptiveStep } from '../../plan/disruptive.ts'
import type { PlannedPlaybook } from '../../plan/playbooks.ts'
import type { Paint } from '../../render/color.ts'
import { listed } from '../../render/recap.ts'
import { groupLines } from './group-text.ts'
import { groupPlans } from './groups.ts'
import { type HostPlan, isAt } from './host-plan.ts'
import { roomLines } from './room.ts'
import type { SeenPlan } from './seen-plan.ts'
import type { TimeEstimate } from './time.ts'

/** Groups and reasons that are shown one by one; the journal has all. */
const SHOWN = 12
/** Names of hosts that are shown of a group. */
const NAMED = 6
/** Characters of a step's words. */
const WIDE = 300

export interface PlanView {
  readonly playbooks: readonly PlannedPlaybook[]
  readonly seen: SeenPlan
  readonly disruptive: readonly DisruptiveStep[]
  readonly time: TimeEstimate
  readonly journal: string
  readonly forks: number
  readonly diff: boolean
  readonly paint: Paint
}

/** The plan as a person is shown it before the question. */
export function planLines(view: PlanView): string[] {
  const { seen, paint, journal } = view
  const plans = [...seen.hosts.values()]
  const groups = groupPlans(plans)
  const { missed } = seen
  const idle = plans.filter(
    ({ host, pending, left, watched }) =>
      pending.length === 0 && left === undefined && watched === undefined && !missed.has(host),
  )
  const watched = plans.filter((plan) => plan.watched !== undefined)
  return [
    '',
    ...headLines(view),
    '',
    ...groups.slice(0, SHOWN).flatMap((group) => groupLines(group, groups[0] ?? group, view)),
    ...(groups.length > SHOWN ? [`${groups.length - SHOWN} more kinds of hosts: see the journal`, ''] : []),
    ...(idle.length > 0 ? [`${hostsWord(idle)} with nothing to be done: ${named(idle)}`, ''] : []),
    ...(watched.length > 0 ? [...watchedLines(watched), ''] : []),
    ...leftLines(plans, paint),
    ...seen.stopped.map(({ reason, remaining }) => {
      const without = remaining.length === 0 ? '' : `; no plan for: ${listed(remaining, NAMED)}`
      return paint('failed', `The check went no further: ${visible(reason)}${without}`)
    }),
    ...disruptiveLines(view, plans),
    ...roomLines(plans),
    seen.hasAny ? timeLine(view.time) : 'Time: not known, as no host could be looked at to its end',
    `Journal of this plan: ${journal}`,
    '',
  ]
}

function headLines({ playbooks, forks }: PlanView): string[] {
  return playbooks.flatMap(({ playbook, plays }) => [
    `PLAN of ${playbook.path}`,
    ...plays
      .filter(({ hosts }) => hosts.length > 0)
      .map(({ hosts, batches }) => {
        const sizes = batches.map(({ length }) => length)
        const shown = sizes.length > 8 ? `${sizes.slice(0, 8).join(', ')}, ...` : sizes.join(', ')
        const waves = batches.length === 1 ? 'in one batch' : `in ${batches.length} batches (${shown})`
        return `  ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} ${waves}, ${Math.min(forks, Math.max(...sizes))} at a time`
      }),
  ])
}

function watchedLines(plans: readonly HostPlan[]): string[] {
  return [
    `${hostsWord(plans)} in the middle of the upgrade, watched on: ${named(plans)}`,
    ...(plans.length === 1 ? [`      ${visible(plans[0]?.watched ?? '', WIDE)}`] : []),
  ]
}

function leftLines(plans: readonly HostPlan[], paint: Paint): string[] {
  const reasons = new Map<string, string[]>()
  for (const { host, left } of plans) {
    if (left === undefined) continue
    // The host's own name does not make another reason of it.
    const reason = left.replaceAll(host, 'the host')
    reasons.set(reason, [...(reasons.get(reason) ?? []), host])
  }
  if (reasons.size === 0) return []
  const all = [...reasons].sort(([, a], [, b]) => b.length - a.length)
  const count = [...reasons.values()].flat().length
  return [
    `${count} ${count === 1 ? 'host' : 'hosts'} that the plan ends at, and that will be held where something is to be done after all:`,
    ...all
      .slice(0, SHOWN)
      .map(([why, hosts]) => `      ${listed(hosts, NAMED)}: ${paint('failed', visible(why, WIDE))}`),
    ...(all.length > SHOWN ? [`      and ${all.length - SHOWN} more reasons: see the journal`] : []),
    '',
  ]
}

function disruptiveLines({ disruptive, paint }: PlanView, plans: readonly HostPlan[]): string[] {
  return disruptive.flatMap((step) => {
    const hosts = plans.filter(({ pending }) => pending.some((one) => isAt(one, step)))
    if (hosts.length === 0) return []
    return [
      `${paint('failed', 'Disruptive')}: ${step.task} ${step.does}: ${hostsWord(hosts)}`,
      `      undo: ${step.undo}`,
    ]
  })
}

function timeLine({ low, high, from, unknown, uncounted }: TimeEstimate): string {
  const range = minutes(low) === minutes(high) ? minutes(high) : `${minutes(low)} to ${minutes(high)}`
  const parts = [
    high > 0 ? `${range}, as it took on ${from} ${from === 1 ? 'host' : 'hosts'} of past runs` : '',
    unknown.length > 0 ? `nothing is known yet of ${unknown.join(', ')}: no run of this controller has done it` : '',
    uncounted.length > 0 ? `${uncounted.join(', ')} not counted: what it runs decides` : '',
  ].filter((part) => part !== '')
  return `Time: ${parts.join('; ') || 'seconds, as no long step is to be done'}`
}

function minutes(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 90) return `${seconds} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

function hostsWord(plans: readonly HostPlan[]): string {
  return `${plans.length} ${plans.length === 1 ? 'host' : 'hosts'}`
}

function named(plans: readonly HostPlan[]): string {
  return listed(
    plans.map(({ host }) => host),
    NAMED,
  )
}
