import { type HostView, isBusy, isLost } from '../model/host.ts'
import type { RunModel } from '../model/run-model.ts'
import { countText } from '../model/take-phase.ts'
import type { FrameContext } from './context.ts'
import { type Line, line } from './line.ts'
import { STANDING } from './look.ts'
import { nameWidth, shortName } from './names.ts'
import { widestStep } from './step-width.ts'
import { short } from './time.ts'
import { pad, widthOf } from './width.ts'

/** Columns of a row beside state, name, step and last text: cursor, sign, time and the gaps. */
const BESIDE = 15

/** One line for each host of a window. */
export function hostRows(context: FrameContext, hosts: readonly HostView[], cursor: string | undefined): Line[] {
  const { columns, signs, model, now } = context
  const state = hosts.reduce((widest, { standing }) => Math.max(widest, STANDING[standing].word.length), 8)
  const step = stepWidth(model, columns)
  const names = hosts.map((host) => host.name)
  const name = nameWidth(names, columns - BESIDE - state - step)
  return hosts.map((host) => {
    const { glyph, word, tone } = STANDING[host.standing]
    const selected = host.name === cursor
    const parts = line(
      columns,
      selected ? `${signs.cursor} ` : '  ',
      { text: `${glyph} ${pad(word, state)} `, tone, bold: tone === 'failed' || tone === 'overdue' },
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
  if ((host.standing === 'waiting' || host.standing === 'not-begun') && host.outcomes.length === 0) return ''
  const play = model.plays.findLast(({ base }) => base <= host.step) ?? model.plays[0]
  if (!play) return ''
  const index = Math.min(host.step - play.base + 1, play.length)
  return `${index}/${play.length} ${host.standing === 'done' || !named ? '' : (model.steps[host.step]?.name ?? '')}`.trim()
}

function timeText(host: HostView, now: number, model: RunModel): string {
  if (['waiting', 'not-begun', 'stopped', 'done'].includes(host.standing)) return ''
  return short((model.finished ? model.time : now) - host.since)
}

/** Any of the steps that share a round trip may be the one at work by now: the host tells when all are done. */
function alongText({ standing, sent, step }: HostView): string {
  const along = new Set(sent.map((one) => one.step))
  along.delete(step)
  return isBusy({ standing }) && along.size > 0 ? `(sent with ${along.size} more) ` : ''
}

function lastText(host: HostView): string {
  if (host.standing === 'done') {
    const { changed, deferred } = host.counts
    const later = deferred > 0 ? `, ${deferred} later` : ''
    return changed > 0 ? `${changed} changed${later}` : `nothing to change${later}`
  }
  return isLost(host) ? host.cause : `${alongText(host)}${atWorkText(host)}`
}

/** The phase of its upgrade, with the time spent in it where `now` is given, and the last line of its step. */
export function atWorkText({ phase: at, phaseSince, last }: HostView, now?: number): string {
  if (!at) return last
  const spent = now === undefined ? '' : ` for ${short(now - phaseSince)}`
  const late = at.state === 'overdue' ? ', longer than expected' : ''
  return `${at.phase}${countText(at)}${spent}${late}${last === '' ? '' : `: ${last}`}`
}
