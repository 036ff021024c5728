import { counted } from '../../diagnostics/counted.ts'
import { painter } from '../color.ts'
import { listed } from '../recap.ts'
import { continuation } from './model/continuation.ts'
import { failureText, hostsOf } from './model/failures.ts'
import { overview } from './model/overview.ts'
import type { RunModel } from './model/run-model.ts'

export interface SummaryOptions {
  readonly resume: string | undefined
  /** The command that does this again, where it was asked for. */
  readonly command: string | undefined
  readonly owns: boolean
  /** Another process drives the run still. */
  readonly goesOn: boolean
  /** A journal was shown; `end`: what became of its run. */
  readonly replay: { readonly end: string } | undefined
  readonly label: string
  readonly color: boolean
}

/** Kinds of failure that are told; the journal has all. */
const GROUPS = 20
/** Hosts that are named of each kind. */
const NAMED = 10

/** What stays in the terminal's own text after the screen: failures by kind, totals, where the journal is, how to go on. */
export function summary(model: RunModel, options: SummaryOptions): string {
  const { command, owns, label, color } = options
  const paint = painter(color)
  const { started, finished } = model
  if (!started) return ''
  const { counts } = overview(model)
  const groups = model.failures.groups()
  // Of a run that was left before its end some still wait.
  const inTheMiddle = counts.running + counts.late + counts.between
  const notBegun = counts.waiting + counts['not-begun']
  const leftOut = [...model.hosts.values()].flatMap(({ name, standing }) => (standing === 'left-out' ? [name] : []))
  const totals = [
    `${counts.done} done`,
    `${counts.failed + counts.refused} failed`,
    `${counts.unreachable} unreachable`,
    `${counts.overdue} overdue`,
    ...(counts.stopped > 0 ? [`${counts.stopped} stopped`] : []),
    ...(counts['left-out'] > 0 ? [`${counts['left-out']} left out`] : []),
    ...(notBegun > 0 ? [`${notBegun} not begun`] : []),
    ...(inTheMiddle > 0 ? [`${inTheMiddle} in the middle`] : []),
  ]
  // Who leaves a run that another process drives ends nothing.
  const more = owns || finished ? continuation(model, { ...options, replay: options.replay !== undefined }) : undefined
  const lines = [
    ...(label === '' ? [] : [label]),
    `${started.mode === 'check' ? 'CHECK' : 'APPLY'} ${started.playbooks.join(' ')}: ${endText(model, options)}`,
    ...groups.slice(0, GROUPS).flatMap((group) => {
      const names =
        group.hosts.size > 1
          ? [
              `    ${listed(
                hostsOf(group).map(({ name }) => name),
                NAMED,
              )}`,
            ]
          : []
      return [paint('failed', `  ${group.kind}: ${failureText(group)}  [${group.step}]`), ...names]
    }),
    ...(groups.length > GROUPS ? [`  and ${groups.length - GROUPS} more kinds of failure`] : []),
    ...(leftOut.length > 0 ? [`  left out: ${listed(leftOut, NAMED)}`] : []),
    ...model.plays.flatMap(({ stopped }) => (stopped === '' ? [] : [paint('failed', `  STOPPED: ${stopped}`)])),
    ...(model.warned > 0
      ? [paint('warning', `  ${counted(model.warned, 'warning')}; the first: ${model.warnings[0] ?? ''}`)]
      : []),
    ...(model.leaving === '' ? [] : [paint('warning', model.leaving)]),
    `${counted(model.hosts.size, 'host')}: ${totals.join(', ')}`,
    ...(started.journal === undefined ? [] : [`journal: ${started.journal}`]),
    ...model.imageLogs.lines(),
    ...(more === undefined ? [] : [`to continue: ${more}`]),
    ...(command === undefined ? [] : [`to do this again: ${command}`]),
  ]
  // No line of a rehearsal can be taken for a real run's.
  const mark = started.rehearsal === undefined ? '' : 'REHEARSAL '
  return lines.map((text) => `${text.startsWith(mark.trim()) ? '' : mark}${text}\n`).join('')
}

function endText({ finished }: RunModel, { owns, replay, goesOn }: SummaryOptions): string {
  if (finished) return `${finished.outcome}, exit code ${finished.exitCode}`
  if (replay) return `the replay was left, ${replay.end}`
  if (owns) return 'left before its end'
  return goesOn ? 'the screen was left, the run goes on' : 'its process ended before the run did'
}
