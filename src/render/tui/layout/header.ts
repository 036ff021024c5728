import { basename } from 'node:path'
import { counted } from '../../../diagnostics/counted.ts'
import { clean } from '../model/clean.ts'
import type { FrameContext } from './context.ts'
import { type Line, line, type Part, spread } from './line.ts'
import { range, short } from './time.ts'

/** The title, and one line for whatever holds the run up or must not be overlooked. */
export function headerLines(context: FrameContext): Line[] {
  const { model, columns, now, label } = context
  const { started, finished } = model
  const mode = started === undefined ? '' : started.mode === 'check' ? ' CHECK' : ' APPLY'
  const playbooks = started?.playbooks.map((path) => clean(basename(path))).join(', ') ?? ''
  const elapsed = model.begun === 0 ? '' : short((finished ? model.time : now) - model.begun)
  const title: Part[] = [{ text: 'upgrade-push', bold: true }, { text: mode, bold: true }, ` ${playbooks}`]
  const lines = [spread(columns, title, { text: `${leftText(context)}${elapsed}` })]
  if (label !== '') lines.push(line(columns, { text: label, bold: true, tone: 'later' }))
  const held = holdUp(context)
  if (held) lines.push(line(columns, { text: held, bold: true, tone: 'changed' }))
  return lines
}

function leftText({ model, fleet, columns }: FrameContext): string {
  if (!fleet.left) return ''
  const what = model.play && columns >= 90 ? 'left in this play: ' : 'left: '
  return `${what}${range(fleet.left)}   `
}

function holdUp({ model, columns }: FrameContext): string | undefined {
  const { finished, interrupt, paused } = model
  if (finished) {
    const hint = columns >= 90 ? ' - q or Enter leaves' : ', q leaves'
    return `[ENDED: ${finished.outcome}, exit code ${finished.exitCode}${hint}]`
  }
  if (interrupt >= 2) return '[CANCELLING: running steps are stopped on their hosts]'
  if (interrupt === 1) return '[STOPPING: nothing new is sent, what was sent finishes; Ctrl-C cancels it]'
  return paused === undefined ? undefined : '[PAUSED: no host begins another step; r resumes]'
}

/** `1000 hosts: 2 failed, 1 unreachable, 0 overdue, 32 running, 700 waiting, 265 done` */
export function countsLine({ model, fleet, columns }: FrameContext): Line {
  const { counts } = fleet
  const rest: readonly (readonly [number, string])[] = [
    [counts.running, 'running'],
    [counts.waiting + counts.between, 'waiting'],
    [counts.held, 'held'],
    [counts.stopped, 'stopped'],
    [counts['left-out'], 'left out'],
  ]
  const bad = (count: number, word: string, tone: 'failed' | 'overdue'): Part[] => [
    count > 0 ? { text: `${count} ${word}`, tone, bold: true } : `0 ${word}`,
    ', ',
  ]
  return line(
    columns,
    `${counted(model.hosts.size, 'host')}: `,
    ...bad(counts.failed + counts.refused, 'failed', 'failed'),
    ...bad(counts.unreachable, 'unreachable', 'failed'),
    ...bad(counts.overdue, 'overdue', 'overdue'),
    ...rest.flatMap(([count, word], i) => (count > 0 || i < 2 ? [`${count} ${word}, `] : [])),
    { text: `${counts.done} done`, tone: 'ok' },
  )
}
