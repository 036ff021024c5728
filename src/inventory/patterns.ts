import { isIPv6 } from 'node:net'
import { UserError } from '../diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../diagnostics/source.ts'

/** One term of a pattern: `union` adds hosts, `&` keeps only these, `!` takes them away. */
export interface Term {
  readonly kind: 'union' | 'intersection' | 'exclusion'
  /** Without its `&` or `!`. */
  readonly text: string
  readonly origin: Origin
}

/** A text given on the command line, so that errors can point into it. */
export function commandLineText(option: string, text: string): Origin {
  return new Origin(new SourceFile(option, text), 0, text.length)
}

/**
 * Splits a pattern at `,`, or at `:` where it has no comma (and is no IPv6 address or host:port). Brackets are kept whole.
 * Throws UserError for an empty pattern, an unclosed bracket, or a space inside a term.
 */
export function parsePattern(text: string, origin: Origin = commandLineText('pattern', text)): Term[] {
  const inPlace = origin.source.text.startsWith(text, origin.start)
  const terms: Term[] = []
  for (const { from, to } of pieces(text, separator(text), origin)) {
    const piece = text.slice(from, to)
    const start = from + piece.length - piece.trimStart().length
    const term = piece.trim()
    if (term !== '') terms.push(readTerm(term, inPlace ? origin.at(start, start + term.length) : origin))
  }
  if (terms.length === 0) {
    throw new UserError({
      message: 'the pattern is empty',
      origin,
      hint: 'an empty pattern does not mean all hosts here: write all',
    })
  }
  return terms
}

function readTerm(text: string, origin: Origin): Term {
  const sign = text[0]
  const rest = sign === '&' || sign === '!' ? text.slice(1) : text
  const kind = sign === '&' ? 'intersection' : sign === '!' ? 'exclusion' : 'union'
  if (rest === '')
    throw new UserError({ message: `nothing follows "${sign}"`, origin, hint: 'expected a host or group' })
  if (/\s/.test(rest) && !rest.startsWith('~')) {
    throw new UserError({
      message: `a space inside "${text}"`,
      origin,
      hint: `separate by commas: ${text.split(/\s+/).join(',')}`,
    })
  }
  return { kind, text: rest, origin }
}

function separator(text: string): ',' | ':' | undefined {
  if (text.includes(',')) return ','
  const plain = text.replace(/\[[^\]]*\]/g, '0')
  const address = isIPv6(plain.trim()) || /^\[[^\]]+\]:\d+$/.test(text.trim())
  return address || /^[\w.-]+:\d+$/.test(plain.trim()) ? undefined : ':'
}

/** Offsets of what stands between separators that are outside brackets. */
function pieces(text: string, mark: string | undefined, origin: Origin): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = []
  let from = 0
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '[' && mark === ':') {
      const close = text.indexOf(']', i)
      if (close < 0) throw new UserError({ message: '"[" is not closed in the pattern', origin })
      i = close
    } else if (i === text.length || text[i] === mark) {
      found.push({ from, to: i })
      from = i + 1
    }
  }
  return found
}
