import type { Line, Span, Tone } from './layout/line.ts'

/** Select Graphic Rendition: neither black nor white, and nothing that only brightness tells: readable on a dark and on a light background. */
const COLOURS: { readonly [T in Tone]: number | undefined } = {
  ok: 32,
  changed: 33,
  failed: 31,
  overdue: 35,
  running: 36,
  later: 34,
  plain: undefined,
}

/** A line as a terminal takes it. The selected one is inverse throughout, without colours: some of them can't be read there. */
export function paint({ spans, selected }: Line, color: boolean): string {
  const text = spans.map((span) => painted(span, color && !selected)).join('')
  return selected ? `\x1b[7m${text}\x1b[27m` : text.trimEnd()
}

function painted({ text, bold, tone = 'plain' }: Span, color: boolean): string {
  const colour = color ? COLOURS[tone] : undefined
  const strong = bold ? `\x1b[1m${text}\x1b[22m` : text
  return colour === undefined ? strong : `\x1b[${colour}m${strong}\x1b[39m`
}
