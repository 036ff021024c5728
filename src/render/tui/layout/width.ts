import stringWidth from 'string-width'

/**
 * Texts of characters that take one column each whatever stands beside them, which are nearly all: ASCII, Latin, Greek and Cyrillic
 * letters, dashes, quotes, the ellipsis, arrows, lines and blocks. To look closer at each of them would be most of a frame.
 */
const SIMPLE = /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u2193\u2500-\u259f]*$/
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  return SIMPLE.test(text) ? text.length : stringWidth(text)
}

/** At most so many columns of a text; what is cut ends with `~`. */
export function cut(text: string, width: number): string {
  if (width <= 0) return ''
  if (text.length <= width && SIMPLE.test(text)) return text
  if (SIMPLE.test(text)) return `${text.slice(0, width - 1)}~`
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const next = widthOf(segment)
    if (used + next > width - 1) break
    kept += segment
    used += next
  }
  return `${kept}~`
}

/** At most so many columns of a text, of which its beginning and its end stay: `prod-eu-~1-web04`. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width || width < 3) return cut(text, width)
  let end = ''
  let used = 0
  for (const { segment } of [...segmenter.segment(text)].reverse()) {
    const next = widthOf(segment)
    if (used + next > (width - 1) / 2) break
    end = `${segment}${end}`
    used += next
  }
  return `${cut(text, width - used)}${end}`
}

/** Exactly so many columns. */
export function pad(text: string, width: number): string {
  const fitted = cut(text, width)
  return fitted + ' '.repeat(Math.max(0, width - widthOf(fitted)))
}

/** A text over several lines, at spaces where it has some; no more than `most` lines, the last one cut. */
export function wrap(text: string, width: number, most = 100): string[] {
  const lines: string[] = []
  let rest = text
  while (rest !== '') {
    if (lines.length === most - 1 || widthOf(rest) <= width) {
      lines.push(cut(rest, width))
      break
    }
    const fitting = cut(rest, width + 1).slice(0, -1)
    const space = fitting.lastIndexOf(' ')
    const end = space > width / 3 ? space : Math.max(1, fitting.length)
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return lines
}
