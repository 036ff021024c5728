import type { FrameContext } from './context.ts'
import { EMPTY, type Line, line } from './line.ts'
import { wrap } from './width.ts'

/** What is being typed, or the later one of the answer to the last key and what the run said last; one line at least, so that nothing jumps. */
export function saidLines({ view, model, columns, now, pace }: FrameContext, room: number): Line[] {
  if (view.confirm) {
    const { question, word, typed } = view.confirm
    const asked = wrap(question, columns, Math.max(1, room - 1)).map((text) =>
      line(columns, { text, tone: 'changed', bold: true }),
    )
    const answer = line(columns, { text: `Type "${word}" and Enter (Esc: nothing is done): `, bold: true }, `${typed}_`)
    return room < 2 ? [answer] : [...asked, answer]
  }
  if (view.typing)
    return [line(columns, { text: 'filter: ', bold: true }, `${view.filter}_`, '   Enter keeps it, Esc drops it')]
  const said = model.notices.latest(now, view.said && { ...view.said, at: view.saidAt }, pace)
  if (!said) return [EMPTY]
  const tone = said.bad ? 'changed' : 'plain'
  return wrap(said.text, columns, room).map((text) => line(columns, { text, tone, bold: said.bad }))
}
