import { counted } from '../../../diagnostics/counted.ts'
import type { BatchTally } from '../model/overview.ts'
import type { PlayView } from '../model/run-views.ts'
import type { FrameContext } from './context.ts'
import { type Line, line, type Part, type Span } from './line.ts'
import type { Signs } from './look.ts'
import { pad, wrap } from './width.ts'

/** From this width on a batch takes one line, below it two. */
const ONE_LINE = 120

/** The play, its batch under way as a bar with counts and the brake's margin, and a few of those before it. */
export function batchLines({ model, fleet, columns, signs }: FrameContext, room: number): Line[] {
  const { play } = model
  if (!play || room <= 0) return []
  const current = fleet.batches.at(-1)
  const stopped = stoppedLines(play, columns)
  const name = [line(columns, `play "${play.name}"`), ...stopped]
  if (!current) return name.slice(-room)
  const bar = batchLine(current, play.batchCount, columns, signs)
  // Why the play was stopped is the last to give way.
  if (room < bar.length + name.length) return [...stopped, ...bar].slice(0, room)
  const before = earlier(fleet.batches.slice(0, -1), play.batchCount, columns, signs, room - bar.length - name.length)
  return [...name, ...before, ...bar]
}

/** Why a brake stopped the play, whole. */
export function stoppedLines({ stopped }: PlayView, columns: number): Line[] {
  if (stopped === '') return []
  return wrap(`STOPPED: ${stopped}`, columns).map((text) => line(columns, { text, tone: 'failed', bold: true }))
}

function batchLine(batch: BatchTally, of: number, columns: number, signs: Signs): Line[] {
  const head = `batch ${batch.number}/${of} `
  // Hosts that go through their steps side by side are all done at the very end: the steps tell how far they are.
  const share = ` ${batch.done + batch.lost}/${batch.size} ${percent(batch)}  `
  if (columns >= ONE_LINE) {
    const bar = barSpans(batch, Math.min(40, columns - ONE_LINE + 16), signs)
    return [line(columns, head, ...bar, share, ...countParts(batch), '  ', brakePart(batch))]
  }
  const brake = brakePart(batch)
  const width = Math.max(6, columns - head.length - share.length - brake.text.length)
  return [
    line(columns, head, ...barSpans(batch, width, signs), share, brake),
    line(columns, '  ', ...countParts(batch)),
  ]
}

/** Batches that are over: the last ones each on a line where there is room, the others together. */
function earlier(done: readonly BatchTally[], of: number, columns: number, signs: Signs, room: number): Line[] {
  if (done.length === 0 || room <= 0) return []
  const own = columns >= ONE_LINE ? Math.min(done.length, Math.max(0, room - 1), 3) : 0
  const folded = done.slice(0, done.length - own)
  const sum = (field: 'done' | 'lost' | 'size') => folded.reduce((all, batch) => all + batch[field], 0)
  const range = folded.length === 1 ? `batch 1/${of}` : `batches 1-${folded.length}/${of}`
  return [
    ...(folded.length === 0
      ? []
      : [line(columns, `${range} over: ${counted(sum('size'), 'host')}, ${sum('done')} done, ${sum('lost')} lost`)]),
    ...done.slice(done.length - own).flatMap((batch) => batchLine(batch, of, columns, signs)),
  ]
}

function countParts(batch: BatchTally): Part[] {
  const count = (value: number, word: string, tone: Span['tone']): Part =>
    value > 0 ? { text: `${word} ${value}`, tone } : `${word} 0`
  return [
    count(batch.ok, 'ok', 'ok'),
    '  ',
    count(batch.changed, 'changed', 'changed'),
    '  ',
    count(batch.failed, 'failed', 'failed'),
    '  ',
    count(batch.unreachable, 'unreachable', 'failed'),
    '  ',
    count(batch.overdue, 'overdue', 'overdue'),
    ...(batch.leftOut > 0 ? ['  ', count(batch.leftOut, 'left out', 'changed')] : []),
  ]
}

function brakePart({ lost, mayBeLost, finished }: BatchTally): Span {
  if (finished) return { text: 'over' }
  if (mayBeLost === undefined) return { text: 'no brake' }
  const left = mayBeLost - lost
  if (left < 0) return { text: `brake: ${lost} lost, ${mayBeLost} allowed`, tone: 'failed', bold: true }
  const text = `brake: ${lost} lost, ${left} more allowed`
  return left === 0 && lost > 0 ? { text, tone: 'changed', bold: true } : { text }
}

/** Never 100 before the batch is through. */
function percent({ through }: BatchTally): string {
  return `${Math.floor(through * 100)}%`
}

/** Done, lost, running and waiting hosts in proportion; one that is there is never rounded away. */
function barSpans(batch: BatchTally, width: number, signs: Signs): Span[] {
  const { size, done, lost, running } = batch
  const cells = (count: number) => (count === 0 ? 0 : Math.max(1, Math.floor((count / Math.max(1, size)) * width)))
  const bad = Math.min(cells(lost), width)
  const good = Math.min(cells(done), width - bad)
  const busy = Math.min(cells(running), width - bad - good)
  const all = done + lost >= size ? width - bad - good - busy : 0
  return [
    { text: signs.full.repeat(good + (bad > 0 ? 0 : all)), tone: 'ok' },
    { text: signs.bad.repeat(bad + (bad > 0 ? all : 0)), tone: 'failed' },
    { text: signs.part.repeat(busy), tone: 'running' },
    { text: pad('', width - bad - good - busy - all).replaceAll(' ', signs.none) },
  ]
}
