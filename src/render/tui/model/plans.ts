import { withoutHostName } from '../../../events/host-name.ts'
import { visible } from '../../../events/visible.ts'
import type { Diff } from '../../../tasks/contract.ts'
import type { HostView, StepOutcome } from './host.ts'

/** Characters of a text that is compared line by line: the page is drawn several times a second. */
const COMPARED = 64 * 1024

/** Hosts on which the very same is, or would be, changed. */
export interface PlanGroup {
  readonly hosts: readonly HostView[]
  readonly steps: ReadonlyMap<number, readonly StepOutcome[]>
}

/** What counts as part of a plan: whatever is not as it should be. */
export function inPlan({ status }: StepOutcome): boolean {
  return status !== 'ok' && status !== 'skipped'
}

/** One more step of a host's plan, as text that is equal where the plans are: the host's own name does not count. */
export function planPart(step: number, { status, message, alike, item }: StepOutcome, host: string): string {
  const [said, of] = withoutHostName([message, item ?? ''], host)
  return `${step}${status}${of}\0${said}\0${alike?.id ?? ''}\n`
}

/** Groups of the hosts that are done, the largest first: of one that is still at it nobody knows where it will belong. */
export function planGroups(hosts: Iterable<HostView>): PlanGroup[] {
  const groups = new Map<string, HostView[]>()
  for (const host of hosts) {
    if (host.standing !== 'done') continue
    const group = groups.get(host.plan)
    if (group) group.push(host)
    else groups.set(host.plan, [host])
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .map((members) => ({ hosts: members, steps: stepsOf(members) }))
}

/** A step in which a group differs from another one. */
export interface Difference {
  readonly step: number
  readonly here: readonly StepOutcome[]
  readonly there: readonly StepOutcome[]
}

/** In which steps two groups differ. */
export function differences(one: PlanGroup, other: PlanGroup): Difference[] {
  const steps = [...new Set([...one.steps.keys(), ...other.steps.keys()])].sort((a, b) => a - b)
  const name = (group: PlanGroup) => (group.hosts[0] as HostView).name
  return steps.flatMap((step) => {
    const here = one.steps.get(step) ?? []
    const there = other.steps.get(step) ?? []
    const text = (outcomes: readonly StepOutcome[], host: string) =>
      outcomes.map((outcome) => planPart(step, outcome, host)).join('')
    return text(here, name(one)) === text(there, name(other)) ? [] : [{ step, here, there }]
  })
}

/** Items of a plan's diffs, such as packages, each with the sign of what becomes of it; the host's own name is `<host>`, so that groups compare. */
export function planItems(outcomes: readonly StepOutcome[]): Set<string> {
  const items = new Set<string>()
  for (const { alike } of outcomes)
    for (const one of alike?.value ?? []) for (const item of itemsOf(one)) items.add(item)
  return items
}

/** The same, and of texts the lines that go and that come: where two groups write the same file, that is how they differ. */
export function planDetails(outcomes: readonly StepOutcome[]): Set<string> {
  const diffs = outcomes.flatMap(({ alike }) => alike?.value ?? [])
  return new Set([...planItems(outcomes), ...diffs.flatMap((diff) => (diff.kind === 'text' ? changedLines(diff) : []))])
}

function changedLines({ before, after }: Extract<Diff, { kind: 'text' }>): string[] {
  if (before.length + after.length > COMPARED) return []
  const old = new Set(before.split('\n'))
  const now = new Set(after.split('\n'))
  const only = (sign: string, lines: ReadonlySet<string>, others: ReadonlySet<string>) =>
    [...lines].filter((text) => text.trim() !== '' && !others.has(text)).map((text) => `${sign} ${visible(text, 300)}`)
  return [...only('-', old, now), ...only('+', now, old)]
}

function itemsOf(diff: Diff): string[] {
  if (diff.kind === 'text') return [`~ ${diff.path}`]
  return [
    ...diff.removed.map((item) => `- ${item}`),
    ...diff.changed.map((item) => `~ ${item}`),
    ...diff.added.map((item) => `+ ${item}`),
  ]
}

/** As its first host tells them; words of several hosts name none of them. */
function stepsOf(members: readonly HostView[]): Map<number, readonly StepOutcome[]> {
  const host = members[0] as HostView
  const own = members.length === 1
  const steps = new Map<number, readonly StepOutcome[]>()
  for (const [step, outcome] of host.outcomes.entries()) {
    const all = [...(host.items?.get(step) ?? []), ...(outcome ? [outcome] : [])].filter(inPlan)
    if (all.length > 0) steps.set(step, own ? all : all.map((outcome) => nameless(outcome, host.name)))
  }
  return steps
}

function nameless(outcome: StepOutcome, host: string): StepOutcome {
  const { message, item } = outcome
  return { ...outcome, message: withoutHostName(message, host), item: item && withoutHostName(item, host) }
}
