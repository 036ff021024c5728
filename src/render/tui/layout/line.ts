import { visible } from '../../../events/visible.ts'
import { cut, widthOf } from './width.ts'

/** What a colour means; a glyph or a word says the same beside it. */
export type Tone = 'ok' | 'changed' | 'failed' | 'overdue' | 'running' | 'later' | 'plain'

export interface Span {
  readonly text: string
  readonly tone?: Tone | undefined
  readonly bold?: boolean | undefined
}

/** One line of a frame. */
export interface Line {
  readonly spans: readonly Span[]
  /** The row of the cursor. */
  readonly selected?: boolean | undefined
}

export type Part = Span | string

const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]|\p{Cs}/u

/** The one gate to the terminal: whatever was forgotten to be made visible on the way is made so here. */
function harmless(span: Span): Span {
  return CONTROL.test(span.text) ? { ...span, text: visible(span.text.replaceAll('\t', ' ')) } : span
}

/** A line of parts, cut at the width. */
export function line(width: number, ...parts: readonly Part[]): Line {
  const spans: Span[] = []
  let left = width
  for (const part of parts) {
    const span = harmless(typeof part === 'string' ? { text: part } : part)
    if (span.text === '' || left <= 0) continue
    const text = cut(span.text, left)
    left -= widthOf(text)
    spans.push(text === span.text ? span : { ...span, text })
    if (text !== span.text) break
  }
  return { spans }
}

/** Parts at the left, and one at the right edge where there is room for it. */
export function spread(width: number, left: readonly Part[], right: Span): Line {
  const used = left.reduce((sum, part) => sum + widthOf(typeof part === 'string' ? part : part.text), 0)
  const gap = width - used - widthOf(right.text)
  return gap < 2 ? line(width, ...left) : line(width, ...left, ' '.repeat(gap), right)
}

export const EMPTY: Line = { spans: [] }

/** The text of a line, as a terminal shows it. */
export function textOf({ spans }: Line): string {
  return spans.map(({ text }) => text).join('')
}
