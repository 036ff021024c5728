import { failureText, hostsOf } from '../model/failures.ts'
import type { HostView, StepOutcome } from '../model/host.ts'
import { type Difference, differences, type PlanGroup, planDetails, planGroups, planItems } from '../model/plans.ts'
import type { RunModel } from '../model/run-model.ts'
import { stoppedLines } from './bars.ts'
import type { FrameContext } from './context.ts'
import { wrapped } from './host-page.ts'
import { EMPTY, type Line, line } from './line.ts'
import { STANDING, STATUS } from './look.ts'

/** Items of a diff, such as packages, that are listed for a group. */
const ITEMS = 12
/** Groups that are shown; a fleet in which no two hosts are alike would fill thousands of lines. */
const GROUPS = 50
const NAMES = 12

/** Why plays were stopped, failures by what they have in common, then hosts by what was or would be changed on them. */
export function groupsPage(context: FrameContext): Line[] {
  return [...stops(context), ...failures(context), ...plans(context)]
}

function stops({ model, columns }: FrameContext): Line[] {
  const lines = model.plays.flatMap((play) => stoppedLines(play, columns))
  return lines.length === 0 ? [] : [...lines, EMPTY]
}

function failures({ model, columns }: FrameContext): Line[] {
  const groups = model.failures.groups()
  if (groups.length === 0) return [line(columns, 'No host has failed.'), EMPTY]
  const lines = groups.slice(0, GROUPS).flatMap((group) => {
    const { glyph, word, tone } = STANDING[group.kind]
    return [
      ...wrapped(columns, `${glyph} ${word} `, failureText(group), tone),
      ...wrapped(columns, '    step: ', group.step),
      ...(group.remedy === '' ? [] : wrapped(columns, '    remedy: ', group.remedy)),
      ...wrapped(columns, '    hosts: ', names(hostsOf(group))),
      EMPTY,
    ]
  })
  return [line(columns, { text: 'Failures, by what they have in common', bold: true }), ...lines]
}

function plans({ model, columns }: FrameContext): Line[] {
  const groups = planGroups(model.hosts.values())
  const [most, ...others] = groups
  const title = model.check
    ? 'What would change, by group of identical hosts'
    : 'What was changed, by group of identical hosts'
  const lines = [line(columns, { text: title, bold: true })]
  if (!most) return [...lines, line(columns, 'No host is done yet.')]
  const apart = others.reduce((sum, { hosts }) => sum + hosts.length, 0)
  lines.push(
    line(columns, `${most.hosts.length} the same, ${apart} ${apart === 1 ? 'differs' : 'differ'}`),
    EMPTY,
    ...largest(model, columns, most),
  )
  for (const group of others.slice(0, GROUPS)) lines.push(EMPTY, ...apartFrom(model, columns, group, most))
  if (others.length > GROUPS) lines.push(EMPTY, line(columns, `and ${others.length - GROUPS} more groups`))
  return lines
}

function largest(model: RunModel, columns: number, group: PlanGroup): Line[] {
  const lines = [...wrapped(columns, `${group.hosts.length} the same: `, names(group.hosts))]
  if (group.steps.size === 0) lines.push(line(columns, '    nothing to change'))
  for (const [step, outcomes] of group.steps) {
    lines.push(...outcomeLines(model, columns, step, outcomes), ...itemLines(columns, '      ', planItems(outcomes)))
  }
  return lines
}

function apartFrom(model: RunModel, columns: number, group: PlanGroup, most: PlanGroup): Line[] {
  const word = group.hosts.length === 1 ? '1 differs: ' : `${group.hosts.length} differ: `
  const lines = wrapped(columns, word, names(group.hosts), 'changed')
  for (const difference of differences(group, most)) lines.push(...differenceLines(model, columns, difference))
  return lines
}

function differenceLines(model: RunModel, columns: number, { step, here, there }: Difference): Line[] {
  const both = here.length > 0 && there.length > 0
  const mine = both ? planDetails(here) : planItems(here)
  const theirs = both ? planDetails(there) : planItems(there)
  const none = [line(columns, `    ${model.steps[step]?.name ?? ''}: here nothing, elsewhere ${wordsOf(there)}`)]
  return [
    ...(here.length === 0 ? none : outcomeLines(model, columns, step, here)),
    ...(here.length > 0 && there.length === 0 ? [line(columns, '      (elsewhere nothing)')] : []),
    ...itemLines(columns, '      only here: ', new Set([...mine].filter((item) => !theirs.has(item)))),
    ...itemLines(columns, '      not here:  ', new Set([...theirs].filter((item) => !mine.has(item)))),
  ]
}

function outcomeLines(model: RunModel, columns: number, step: number, outcomes: readonly StepOutcome[]): Line[] {
  return outcomes.slice(0, ITEMS).flatMap((outcome) => {
    const { glyph, word, tone } = STATUS[outcome.status]
    const item = outcome.item === undefined ? '' : ` (${outcome.item})`
    const text = `${model.steps[step]?.name ?? ''}${item}${outcome.message === '' ? '' : `: ${outcome.message}`}`
    return wrapped(columns, `    ${glyph} ${word} `, text, tone)
  })
}

function itemLines(columns: number, head: string, items: ReadonlySet<string>): Line[] {
  const shown = [...items].slice(0, ITEMS).map((item) => line(columns, head, item.replace(/[\p{Cc}]/gu, ' ')))
  if (items.size > ITEMS) shown.push(line(columns, `${head}and ${items.size - ITEMS} more`))
  return shown
}

function wordsOf(outcomes: readonly StepOutcome[]): string {
  return [...new Set(outcomes.map(({ status }) => STATUS[status].word))].join(', ')
}

function names(hosts: readonly HostView[]): string {
  const shown = hosts.slice(0, NAMES).map(({ name }) => name)
  return hosts.length > NAMES ? `${shown.join(', ')} and ${hosts.length - NAMES} more` : shown.join(', ')
}
