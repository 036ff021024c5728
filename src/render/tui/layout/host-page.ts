import { hostLogPath } from '../../../events/host-logs.ts'
import type { Diff } from '../../../tasks/contract.ts'
import { diffLines } from '../../diff-lines.ts'
import { clean } from '../model/clean.ts'
import { type HostView, isBusy, type StepOutcome } from '../model/host.ts'
import type { FrameContext } from './context.ts'
import { EMPTY, type Line, line, type Part, type Tone } from './line.ts'
import { STANDING, STATUS } from './look.ts'
import { atWorkText } from './rows.ts'
import { widestStep } from './step-width.ts'
import { short } from './time.ts'
import { pad, widthOf, wrap } from './width.ts'

/** One host: its facts, the first cause of its failure, every step with findings, then the diffs. */
export function hostPage(context: FrameContext, host: HostView): Line[] {
  const { model, columns } = context
  const { counts } = host
  // As the steps below read: one that changed something is not told as ok too, unlike in the recap.
  const numbers = `ok ${counts.ok - counts.changed}, changed ${counts.changed}, later ${counts.deferred}, skipped ${counts.skipped}, failed ${counts.failed}`
  const lines = [line(columns, numbers)]
  if (host.facts !== '') lines.push(line(columns, host.facts))
  if (host.cause !== '') lines.push(...wrapped(columns, 'cause: ', host.cause, 'failed'))
  if (host.remedy !== '') lines.push(...wrapped(columns, 'remedy: ', host.remedy))
  const journal = model.started?.journal
  if (journal !== undefined) lines.push(...wrapped(columns, 'log: ', hostLogPath(journal, host.name)))
  const imageLog = model.imageLogs.pathOf(host.name)
  if (imageLog !== undefined) lines.push(...wrapped(columns, 'image log: ', clean(imageLog)))
  lines.push(EMPTY)
  const width = Math.min(Math.max(40, widestStep(model)), Math.max(12, Math.floor(columns / 3)))
  for (const [index, step] of model.steps.entries()) {
    const outcome = host.outcomes[index]
    const at = index === host.step && isBusy(host)
    for (const item of host.items?.get(index) ?? []) lines.push(...stepLines(columns, width, `  (${item.item})`, item))
    if (outcome) lines.push(...stepLines(columns, width, step.name, outcome))
    else if (at) lines.push(...stepUnderWay(context, host, pad(step.name, width)))
    else lines.push(line(columns, `. ${pad(isSent(host, index) ? 'sent' : '-', 8)} ${step.name}`))
  }
  return [...lines, ...allDiffs(context, host)]
}

/** The step that the host is in, with what its row in the list says of it, whole. */
function stepUnderWay({ columns, now }: FrameContext, host: HostView, name: string): Line[] {
  const { glyph, word, tone } = STANDING[host.standing]
  const state = `${glyph} ${pad(word, 8)} `
  const head = `${name} ${short(now - host.since).padStart(6)}  `
  const [first = '', ...more] = wrap(atWorkText(host, now), Math.max(10, columns - widthOf(state + head)))
  const indent = ' '.repeat(widthOf(state + head))
  return [line(columns, { text: state, tone }, `${head}${first}`), ...more.map((text) => line(columns, indent, text))]
}

/** It went along with the step that runs, and waits for it on the host. */
function isSent(host: HostView, step: number): boolean {
  return isBusy(host) && host.sent.some((one) => one.step === step)
}

function stepLines(columns: number, width: number, name: string, outcome: StepOutcome): Line[] {
  const { glyph, word, tone } = outcome.interrupted ? STANDING.stopped : STATUS[outcome.status]
  const head: Part[] = [
    { text: `${glyph} ${pad(word, 8)} `, tone },
    `${pad(name, width)} ${short(outcome.ms).padStart(6)}  ${outcome.ignored ? 'ignored: ' : ''}${outcome.message}`,
  ]
  const findings = (outcome.findings?.value ?? []).flatMap(({ key, severity, title, detail, accepted }) => {
    const text = `${severity}${accepted ? ', accepted' : ''}: ${clean(key)}: ${clean(title)}${detail ? ` - ${clean(detail, 400)}` : ''}`
    const bad = !accepted && (severity === 'inhibitor' || severity === 'high')
    return wrapped(columns, '    ', text, bad ? 'failed' : 'plain')
  })
  return [line(columns, ...head), ...findings]
}

function allDiffs({ model, columns }: FrameContext, host: HostView): Line[] {
  const lines: Line[] = []
  for (const [index, step] of model.steps.entries()) {
    const outcomes = [...(host.items?.get(index) ?? []), ...(host.outcomes[index] ? [host.outcomes[index]] : [])]
    for (const { diff } of outcomes) {
      if (!diff) continue
      lines.push(EMPTY, line(columns, { text: `diff of: ${step.name}`, bold: true }))
      if (diff.value) lines.push(...unified(diff.value).map((text) => line(columns, { text, tone: toneOf(text) })))
      else lines.push(line(columns, '(too much to keep here: it is in the journal)'))
    }
  }
  return lines
}

const known = new WeakMap<readonly Diff[], readonly string[]>()

/** Worked out once for each diff: a frame is made many times. */
function unified(diff: readonly Diff[]): readonly string[] {
  let lines = known.get(diff)
  if (!lines) {
    lines = diffLines(diff, (_, text) => text).map((text) => text.replaceAll('\t', '    '))
    known.set(diff, lines)
  }
  return lines
}

function toneOf(text: string): Tone {
  if (text.startsWith('+')) return 'ok'
  if (text.startsWith('-')) return 'failed'
  return text.startsWith('~') ? 'changed' : 'plain'
}

/** A text over several lines, each behind the same indent. */
export function wrapped(columns: number, head: string, text: string, tone: Tone = 'plain'): Line[] {
  const indent = ' '.repeat(head.length)
  return wrap(text, Math.max(10, columns - head.length)).map((part, i) =>
    line(columns, i === 0 ? head : indent, { text: part, tone }),
  )
}
