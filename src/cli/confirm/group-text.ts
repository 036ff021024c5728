import { visible } from '../../events/visible.ts'
import type { DisruptiveStep } from '../../plan/disruptive.ts'
import type { Paint } from '../../render/color.ts'
import { diffLines } from '../../render/diff-lines.ts'
import { listed } from '../../render/recap.ts'
import type { PlanGroup } from './groups.ts'
import { isAt, type PendingStep } from './host-plan.ts'

/** Names of hosts that are shown of a group, and ways in which its diffs differ. */
const NAMED = 6
const SHOWN = 12
/** Characters of a step's words. */
const WIDE = 300

export interface GroupView {
  readonly disruptive: readonly DisruptiveStep[]
  readonly diff: boolean
  readonly paint: Paint
}

/** A later group is told by what sets it apart from the first and largest. */
export function groupLines(group: PlanGroup, first: PlanGroup, view: GroupView): string[] {
  const { steps, hosts, variants } = group
  const { paint, diff } = view
  const others = group === first ? [] : first.steps
  const apart = steps.filter((step) => !others.some((other) => alike(step, other)))
  const missing = others.filter((other) => !steps.some((step) => isAt(step, other)))
  const many = hosts.length > 1
  const verb = group !== first ? (many ? ' differ' : ' differs') : many && variants.length === 1 ? ' alike' : ''
  const count = `${hosts.length} ${many ? 'hosts' : 'host'}${verb}`
  const width = Math.min(40, Math.max(...[...apart, ...missing].map(({ name }) => name.length)))
  return [
    paint('changed', `${count}: ${listed(hosts, NAMED)}`),
    ...apart.flatMap((step) => stepLines(step, width, view)),
    ...missing.map((step) => `${labelOf(step, width)}nothing to be done`),
    ...(apart.length < steps.length ? ['      and the rest like the first'] : []),
    ...detailLines(variants, diff),
    ...(diff ? variants.slice(0, SHOWN).flatMap((variant) => variantLines(variant, variants.length, view)) : []),
    '',
  ]
}

function stepLines(step: PendingStep, width: number, { paint, disruptive }: GroupView): string[] {
  const label = labelOf(step, width)
  const meaning = step.known ? 'changed' : 'later'
  const [first = '', ...more] = wordsOf(step)
  const alarming = disruptive.some((one) => isAt(one, step))
  return [
    `${label}${paint(meaning, first)}${alarming ? paint('failed', '  (disruptive: see below)') : ''}`,
    ...more.map((words) => `${' '.repeat(label.length)}${paint(meaning, words)}`),
  ]
}

function labelOf({ number, name }: PendingStep, width: number): string {
  return `${String(number).padStart(4)}  ${visible(name, 80).padEnd(width)}  `
}

/** Hosts whose plans read the same, and whose diffs do not. */
function detailLines(variants: PlanGroup['variants'], diff: boolean): string[] {
  const [most, ...others] = variants
  if (!most || others.length === 0) return []
  const rest = others.slice(0, 3).map(({ hosts }) => `${hosts.length}: ${listed(hosts, 3)}`)
  const more = others.length > 3 ? `; ${others.length - 3} more ways` : ''
  return [
    `      in their details ${most.hosts.length} are the same and others are not (${rest.join('; ')}${more})${diff ? '' : '; --diff shows how'}`,
  ]
}

function alike(a: PendingStep, b: PendingStep): boolean {
  return isAt(a, b) && a.known === b.known && a.words.join('\n') === b.words.join('\n')
}

function variantLines({ hosts, steps }: PlanGroup['variants'][number], of: number, { paint }: GroupView): string[] {
  const shown = steps.filter(({ diff }) => diff.length > 0)
  if (shown.length === 0) return []
  const heading = of > 1 ? [paint('dim', `      on ${listed(hosts, NAMED)}:`)] : []
  return [...heading, ...shown.flatMap(({ diff }) => diffLines(diff, paint))]
}

function wordsOf({ known, words }: PendingStep): string[] {
  const few = words.slice(0, 4).map((one) => visible(one.replace(/^check mode: /, ''), WIDE))
  const more = words.length > 4 ? [`and ${words.length - 4} more`] : []
  if (few.length === 0) return [known ? 'changes it' : 'may change it']
  return [...few.map((one) => (known ? one : `may change it: ${one}`)), ...more]
}
