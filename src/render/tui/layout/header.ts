import { basename } from 'node:path'
import { counted } from '../../../diagnostics/counted.ts'
import { clean } from '../model/clean.ts'
import type { TimeLeft } from '../model/eta.ts'
import { enterLeaves } from '../view/state.ts'
import type { FrameContext } from './context.ts'
import { type Line, line, type Part, spread } from './line.ts'
import { range, short } from './time.ts'
import { widthOf } from './width.ts'

/** The title, and one line for whatever holds the run up or must not be overlooked. */
export function headerLines(context: FrameContext): Line[] {
  const { model, columns, now, label } = context
  const { started, finished } = model
  const mode = started === undefined ? '' : started.mode === 'check' ? ' CHECK' : ' APPLY'
  const playbooks = started?.playbooks.map((path) => clean(basename(path))).join(', ') ?? ''
  const elapsed = model.begun === 0 ? '' : short((finished ? model.time : now) - model.begun)
  const title: Part[] = [{ text: 'upgrade-push', bold: true }, { text: mode, bold: true }, ` ${playbooks}`]
  const used = title.reduce((sum, part) => sum + widthOf(typeof part === 'string' ? part : part.text), 0)
  const lines = [spread(columns, title, { text: `${leftText(context, columns - used - elapsed.length)}${elapsed}` })]
  if (label !== '') lines.push(line(columns, { text: label, bold: true, tone: 'later' }))
  const held = holdUp(context)
  if (held) lines.push(line(columns, { text: held, bold: true, tone: 'changed' }))
  return lines
}

/** In the plainest words that there is room for: a bare `left` would be taken for the whole run's. */
function leftText({ fleet }: FrameContext, room: number): string {
  if (!fleet.left) return ''
  const [time, why] = timeOf(fleet.left)
  const texts = [
    `left in this play: ${time}${why}   `,
    `left in this play: ${time}   `,
    `left in play: ${time}   `,
    `play: ${time}  `,
  ]
  return texts.find((text) => text.length + 2 <= room) ?? ''
}

/** The time, and what it rests on. */
function timeOf(left: TimeLeft): readonly [time: string, why: string] {
  const { low, unknown, past } = left
  if (unknown === 0) return [range(left), past === 0 ? '' : ' as in past runs']
  return low < 1000 ? ['not known yet', ''] : [`over ${short(low)}`, `, ${counted(unknown, 'step')} not known yet`]
}

/** Names only keys that do here what it says: Ctrl-C in front of another process's run only leaves it, and a replay steers nothing. */
function holdUp({ model, view, columns, owns, steers }: FrameContext): string | undefined {
  const { finished, interrupt, paused } = model
  if (finished) {
    const hint = columns >= 90 && enterLeaves(view) ? ' - q or Enter leaves' : ', q leaves'
    return `[ENDED: ${finished.outcome}, exit code ${finished.exitCode}${hint}]`
  }
  if (interrupt >= 2) return '[CANCELLING: running steps are stopped on their hosts]'
  if (interrupt === 1) {
    const cancels = owns ? '; Ctrl-C cancels it' : steers ? '; A cancels it' : ''
    const whole = `[STOPPING: nothing new is sent, what was sent finishes${cancels}]`
    return whole.length <= columns ? whole : `[STOPPING: what was sent finishes${cancels}]`
  }
  return paused === undefined ? undefined : `[PAUSED: no host begins another step${steers ? '; r resumes' : ''}]`
}
