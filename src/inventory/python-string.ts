/** One or more adjacent string literals of Python found at an offset. */
export interface PythonString {
  readonly value: string
  /** Where the content of the first literal stands. */
  readonly from: number
  readonly to: number
  /** Offset after the last literal. */
  readonly end: number
  readonly unsupported?: string
}

const OPEN = /([rRuU]|[bB][rR]?|[rR][bB])?('''|"""|'|")/y
const SIMPLE: { readonly [letter: string]: string } = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const NUMERIC = /([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/y

/** Undefined when no complete string literal stands there. Adjacent literals are joined, as Python does. */
export function pythonString(text: string, at: number): PythonString | undefined {
  let joined: PythonString | undefined
  for (;;) {
    const start = joined ? skipSpace(text, joined.end) : at
    const piece = readOne(text, start)
    if (!piece) return joined
    if (piece === 'open') return undefined
    joined = joined
      ? { ...joined, ...piece, value: joined.value + piece.value, from: joined.from, to: joined.to }
      : piece
  }
}

function readOne(text: string, at: number): PythonString | 'open' | undefined {
  OPEN.lastIndex = at
  const open = OPEN.exec(text)
  if (!open) return undefined
  const prefix = (open[1] ?? '').toLowerCase()
  const quote = open[2] as string
  const from = OPEN.lastIndex
  let value = ''
  let i = from
  while (!text.startsWith(quote, i)) {
    if (i >= text.length) return 'open'
    if (text[i] !== '\\') value += text[i++]
    else if (i + 1 >= text.length) return 'open'
    else if (prefix.includes('r')) {
      value += text.slice(i, i + 2)
      i += 2
    } else {
      const escaped = readEscape(text, i + 1)
      if (!escaped)
        return {
          value,
          from,
          to: i,
          end: text.length,
          unsupported: 'a Python string with an escape that is not known here',
        }
      value += escaped.value
      i = escaped.end
    }
  }
  const piece = { value, from, to: i, end: i + quote.length }
  return prefix.includes('b') ? { ...piece, unsupported: 'a Python bytes literal' } : piece
}

/** `at` is the offset after the backslash. A backslash before any other letter stays, as in Python. */
function readEscape(text: string, at: number): { value: string; end: number } | undefined {
  const letter = text[at] as string
  const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined
  if (simple !== undefined) return { value: simple, end: at + 1 }
  NUMERIC.lastIndex = at
  const numeric = NUMERIC.exec(text)
  if (numeric) {
    const code = numeric[1] !== undefined ? Number.parseInt(numeric[1], 8) : Number.parseInt(numeric[0].slice(1), 16)
    return code > 0x10ffff ? undefined : { value: String.fromCodePoint(code), end: NUMERIC.lastIndex }
  }
  if ('xuUN'.includes(letter)) return undefined
  return { value: `\\${letter}`, end: at + 1 }
}

function skipSpace(text: string, at: number): number {
  let i = at
  while (/[ \t\f]/.test(text[i] ?? '')) i++
  return i
}
