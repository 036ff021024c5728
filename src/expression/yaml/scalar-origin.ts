import { Origin, type SourceFile } from '../../diagnostics/source.ts'

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

const LONGEST = 10
const LONG_ESCAPES: { readonly [letter: string]: number } = { x: 4, u: 6, U: LONGEST }

/**
 * Place of a YAML scalar's content. Offsets into the decoded value (escapes resolved, lines folded, indentation gone) are taken back
 * to where they stand in the file.
 */
export class ScalarOrigin extends Origin {
  readonly #value: string
  readonly #style: ScalarStyle
  readonly #from: number
  #offsets: Int32Array | undefined

  /** `start` and `end` enclose the content: without quotes, from the line after a block's header on. `from`: offset of this stretch in `value`. */
  constructor(source: SourceFile, start: number, end: number, value: string, style: ScalarStyle, from = 0) {
    super(source, start, end)
    this.#value = value
    this.#style = style
    this.#from = from
  }

  override at(from: number, to: number = from): Origin {
    const offsets = this.#table()
    const first = Math.min(this.#from + from, this.#value.length)
    const last = Math.min(this.#from + to, this.#value.length)
    const start = offsets[first] as number
    return new Origin(this.source, start, last > first ? (offsets[last - 1] as number) + 1 : start)
  }

  /** A part of the value that is a text of its own. */
  part(from: number): ScalarOrigin {
    const { start } = this.at(from)
    const rest = new ScalarOrigin(
      this.source,
      start,
      Math.max(start, this.end),
      this.#value,
      this.#style,
      this.#from + from,
    )
    rest.#offsets = this.#table()
    return rest
  }

  #table(): Int32Array {
    this.#offsets ??= align(this.source.text, this.start, this.end, this.#value, this.#style)
    return this.#offsets
  }
}

/** For each unit of `value`, and for its end, the offset in the file. */
function align(text: string, start: number, end: number, value: string, style: ScalarStyle): Int32Array {
  const offsets = new Int32Array(value.length + 1)
  let at = start
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string
    const folded = style === 'block' ? undefined : lineBreaks(text, at, char)
    if (folded) {
      for (let unit = 0; unit < folded.units; unit++) offsets[i + unit] = at
      i += folded.units - 1
      at += folded.length
      continue
    }
    at = skip(text, at, end, char, style)
    const taken = width(text, at, char, style)
    offsets[i] = Math.min(at, end)
    // An escape such as \U0001F600 gives two units of the value.
    if (taken === LONGEST && /[\ud800-\udbff]/.test(char)) offsets[++i] = Math.min(at, end)
    at += taken
  }
  offsets[value.length] = Math.min(at, end)
  return offsets
}

const BREAKS = /[ \t]*(?:\r?\n[ \t]*)+/y

/** Line ends in a flow scalar, with the blanks around them: a single one is a space of the value, more are one line end less. */
function lineBreaks(text: string, at: number, char: string): { units: number; length: number } | undefined {
  if (char !== ' ' && char !== '\n') return undefined
  BREAKS.lastIndex = at
  const run = BREAKS.exec(text)?.[0]
  if (run === undefined) return undefined
  return { units: Math.max(1, run.split('\n').length - 2), length: run.length }
}

/** Past the indentation and line ends that the value does not have. */
function skip(text: string, from: number, end: number, char: string, style: ScalarStyle): number {
  let at = from
  while (at < end && text[at] !== char) {
    if (style === 'double' && text[at] === '\\') {
      if (!/[\r\n]/.test(text[at + 1] ?? '')) return at
      at++
    } else if (char === ' ' && text[at] === '\n') {
      return at
    } else if (/\s/.test(text[at] as string)) {
      at++
    } else {
      return at
    }
  }
  return at
}

/** Units of the file that one unit of the value takes. */
function width(text: string, at: number, char: string, style: ScalarStyle): number {
  if (style === 'double' && text[at] === '\\') return LONG_ESCAPES[text[at + 1] as string] ?? 2
  if (style === 'single' && char === "'" && text.startsWith("''", at)) return 2
  // A space or line end may stand for a folded one; anything else that does not match takes nothing.
  return text[at] === char || (char === ' ' && text[at] === '\n') ? 1 : 0
}
