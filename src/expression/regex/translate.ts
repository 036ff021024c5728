import { EvaluationError } from '../errors.ts'

/** A Python pattern as JavaScript source for the `u` flag, with what decides how it is run. */
export interface Translated {
  readonly source: string
  readonly flags: string
  /** Number of quantifiers, and whether one stands on a group that holds another: then matching can take exponential time. */
  readonly quantifiers: number
  readonly nested: boolean
}

const QUANTIFIER = /(?:[*+?]|\{\d*(?:,\d*)?\})[?]?/y
const LETTER_ESCAPES = new Set('dDwWsSbBfnrtv')

/** Reads Python's `re` syntax. Differences that are left: `\w`, `\d` and `\b` know ASCII only. Unsupported syntax is named. */
export function translate(pattern: string): Translated {
  const flagMatch = /^\(\?([a-zA-Z]+)\)/.exec(pattern)
  const flags = flagMatch ? inlineFlags(flagMatch[1] as string) : ''
  let source = ''
  let quantifiers = 0
  let nested = false
  /** Quantifiers seen inside each open group, and inside the group that just closed. */
  const groups: number[] = []
  let closed = 0
  let at = flagMatch?.[0].length ?? 0
  while (at < pattern.length) {
    const char = pattern[at] as string
    QUANTIFIER.lastIndex = at
    const quantifier = QUANTIFIER.exec(pattern)?.[0]
    if (quantifier !== undefined && quantifier !== '{}' && quantifier !== '{,}') {
      quantifiers++
      if (closed > 0) nested = true
      closed = 0
      if (groups.length > 0) groups[groups.length - 1] = (groups.at(-1) as number) + 1
      source += quantifier.startsWith('{,') ? `{0${quantifier.slice(1)}` : quantifier
      at += quantifier.length
      continue
    }
    closed = 0
    if (char === '\\') {
      const escaped = readEscape(pattern, at, flags)
      source += escaped.source
      at = escaped.end
    } else if (char === '[') {
      const set = readSet(pattern, at)
      source += set.source
      at = set.end
    } else if (char === '(') {
      const open = readOpen(pattern, at)
      source += open.source
      at = open.end
      groups.push(0)
    } else {
      if (char === ')') {
        closed = groups.pop() ?? 0
        if (groups.length > 0) groups[groups.length - 1] = (groups.at(-1) as number) + closed
      } else if (char === '|' && groups.length > 0) {
        groups[groups.length - 1] = (groups.at(-1) as number) + 1
      }
      source += char === '$' && !flags.includes('m') ? '(?=\\n?(?![\\s\\S]))' : /[{}\]]/.test(char) ? `\\${char}` : char
      at++
    }
  }
  return { source, flags, quantifiers, nested }
}

function inlineFlags(letters: string): string {
  return [...new Set(letters)]
    .map((letter) => {
      if ('ims'.includes(letter)) return letter
      if ('au'.includes(letter)) return ''
      throw new EvaluationError(`the pattern's flag "${letter}" is not supported`, 'supported: i, m, s')
    })
    .join('')
}

function readOpen(pattern: string, at: number): { source: string; end: number } {
  const head = /^\((?:\?(?:P<(\w+)>|P=(\w+)\)|(<[=!]|[:=!])|(\S?)))?/.exec(pattern.slice(at)) as RegExpExecArray
  const [whole, name, reference, plain, other] = head
  if (name !== undefined) return { source: `(?<${name}>`, end: at + whole.length }
  if (reference !== undefined) return { source: `(?:\\k<${reference}>`, end: at + whole.length - 1 }
  if (plain !== undefined) return { source: whole, end: at + whole.length }
  if (other !== undefined) throw new EvaluationError(`the pattern's "(?${other}" is not supported`)
  return { source: '(', end: at + 1 }
}

function readEscape(pattern: string, at: number, flags: string): { source: string; end: number } {
  const char = pattern[at + 1]
  if (char === undefined) throw new EvaluationError('the pattern ends with a single backslash')
  const hex = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/.exec(pattern.slice(at, at + 6))?.[0]
  if (hex !== undefined) return { source: hex, end: at + hex.length }
  const reference = /^\\[1-9]\d?/.exec(pattern.slice(at, at + 3))?.[0]
  if (reference !== undefined) return { source: `(?:${reference})`, end: at + reference.length }
  const end = at + 2
  if (char === 'A') return { source: flags.includes('m') ? '(?<![\\s\\S])' : '^', end }
  if (char === 'Z') return { source: '(?![\\s\\S])', end }
  if (char === 'a') return { source: '\\x07', end }
  if (char === '0') return { source: '\\x00', end }
  if (LETTER_ESCAPES.has(char)) return { source: `\\${char}`, end }
  if (/[a-zA-Z]/.test(char)) throw new EvaluationError(`the pattern's "\\${char}" is not supported`)
  return { source: /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char, end }
}

/** A `[...]` set; the characters that the `u` flag wants escaped are. */
function readSet(pattern: string, at: number): { source: string; end: number } {
  let end = at + 1
  let source = '['
  if (pattern[end] === '^') {
    source += '^'
    end++
  }
  for (let first = true; first || pattern[end] !== ']'; first = false) {
    const char = pattern[end]
    if (char === undefined) throw new EvaluationError('the pattern has a "[" without "]"')
    if (char === '\\') {
      const next = pattern[end + 1] ?? ''
      const hex = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/.exec(pattern.slice(end, end + 6))?.[0]
      if (hex === undefined && /[a-zA-Z]/.test(next) && (!LETTER_ESCAPES.has(next) || next === 'B')) {
        throw new EvaluationError(`the pattern's "\\${next}" is not supported within [...]`)
      }
      source += hex ?? (/[a-zA-Z0-9^$\\.*+?()[\]{}|/-]/.test(next) ? `\\${next}` : next)
      end += hex?.length ?? 2
    } else {
      source += char === ']' || char === '[' ? `\\${char}` : char
      end++
    }
  }
  return { source: `${source}]`, end: end + 1 }
}
