import type { FrameContext } from './context.ts'
import { type Line, textOf } from './line.ts'

/** The lines of a frame from top to bottom. */
export interface FrameParts {
  readonly head: readonly Line[]
  readonly rule: Line
  readonly body: readonly Line[]
  readonly said: readonly Line[]
  readonly keys: readonly Line[]
}

/** What stays on a terminal of a few rows; the first of them the longest. */
const STAYS = ['label', 'answer', 'body', 'keys', 'said', 'held', 'rule', 'rest'] as const

interface Ranked {
  readonly line: Line
  readonly as: (typeof STAYS)[number]
}

/** As many lines as there are rows: what a frame must say of itself, and a row of the list, outlast all but a question that is open. */
export function fitted(context: FrameContext, parts: FrameParts, height: number): Line[] {
  const ranked = rank(context, parts)
  const least = [...ranked.entries()].sort(([, a], [, b]) => STAYS.indexOf(a.as) - STAYS.indexOf(b.as))
  const kept = new Set(least.slice(0, height).map(([at]) => at))
  return ranked.flatMap(({ line }, at) => (kept.has(at) ? [line] : []))
}

function rank({ label, view }: FrameContext, { head, rule, body, said, keys }: FrameParts): Ranked[] {
  const asks = view.confirm !== undefined || view.typing
  const headAs = (at: number) => (at === 0 ? 'rest' : at === 1 && label !== '' ? 'label' : 'held')
  // What is typed stands in the last line of a question; a message begins with what matters.
  const saidAs = (line: Line, at: number) => {
    if (asks) return at === said.length - 1 ? 'answer' : 'said'
    return at > 0 || textOf(line) === '' ? 'rest' : 'said'
  }
  return [
    ...head.map((line, at) => ({ line, as: headAs(at) }) as const),
    { line: rule, as: 'rule' },
    ...body.map((line) => ({ line, as: 'body' }) as const),
    ...said.map((line, at) => ({ line, as: saidAs(line, at) }) as const),
    ...keys.map((line) => ({ line, as: 'keys' }) as const),
  ]
}
