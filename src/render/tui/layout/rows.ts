import type { HostView } from '../model/host.ts'
import type { RunModel } from '../model/run-model.ts'
import type { FrameContext } from './context.ts'
import { type Line, line } from './line.ts'
import { STANDING } from './look.ts'
import { nameWidth, shortName } from './names.ts'
import { widestStep } from './step-width.ts'
import { short } from './time.ts'
import { pad, widthOf } from './width.ts'

/** Columns of a row beside name, step and last text: cursor, state, time and the gaps. */
const BESIDE = 23

/** One line for each host of a window. */
export function hostRows(context: FrameContext, hosts: readonly HostView[], cursor: string | undefined): Line[] {
  const { columns, signs, model, now } = context
  const step = stepWidth(model, columns)
  const names = hosts.map((host) => host.name)
  const name = nameWidth(names, columns - BESIDE - step)
  return hosts.map((host) => {
    const { glyph, word, tone } = STANDING[host.standing]
    const selected = host.name === cursor
    const parts = line(
      columns,
      selected ? `${signs.cursor} ` : '  ',
      { text: `${glyph} ${pad(word, 8)} `, tone, bold: tone === 'failed' || tone === 'overdue' },
      { text: `${pad(shortName(model, host.name, name), name)} `, bold: selected },
      `${pad(stepText(model, host, columns >= 80), step)} `,
      `${timeText(host, now, model).padStart(6)}  `,
      lastText(host),
    )
    return { ...parts, selected }
  })
}

/** As wide as the widest step needs, where the last line of the host keeps at least half of what a wide terminal has. */
function stepWidth(model: RunModel, columns: number): number {
  if (columns < 80) return 6
  const most = columns < 120 ? 22 : 32 + Math.floor((columns - 120) / 2)
  const count = widthOf(`${model.play?.length ?? 0}`) * 2 + 2
  return Math.min(most, Math.max(6, count + widestStep(model)))
}

/** `3/10 run_dracut`: the play's steps are counted. */
function stepText(model: RunModel, host: HostView, named: boolean): string {
  if (host.standing === 'waiting' && host.outcomes.length === 0) return ''
  const play = model.plays.findLast(({ base }) => base <= host.step) ?? model.plays[0]
  if (!play) return ''
  const index = Math.min(host.step - play.base + 1, play.length)
  return `${index}/${play.length} ${host.standing === 'done' || !named ? '' : (model.steps[host.step]?.name ?? '')}`.trim()
}

function timeText(host: HostView, now: number, model: RunModel): string {
  if (host.standing === 'waiting' || host.standing === 'done' || host.standing === 'held') return ''
  return short((model.finished ? model.time : now) - host.since)
}

/** Any of the steps that share a round trip may be the one at work by now: the host tells when all are done. */
function alongText({ standing, sent, step }: HostView): string {
  const along = new Set(sent.map((one) => one.step))
  along.delete(step)
  return standing === 'running' && along.size > 0 ? `(sent with ${along.size} more) ` : ''
}

function lastText(host: HostView): string {
  if (host.standing === 'done') {
    const { changed, deferred } = host.counts
    const later = deferred > 0 ? `, ${deferred} later` : ''
    return changed > 0 ? `${changed} changed${later}` : `nothing to change${later}`
  }
  if (host.standing === 'failed' || host.standing === 'refused' || host.standing === 'unreachable') return host.cause
  if (!host.phase) return `${alongText(host)}${host.last}`
  const { phase, n, of, state } = host.phase
  const count = n === undefined ? '' : ` ${n}${of === undefined ? '' : `/${of}`}`
  const late = state === 'overdue' ? ', longer than expected' : ''
  return `${phase}${count}${late}${host.last === '' ? '' : `: ${host.last}`}`
}
