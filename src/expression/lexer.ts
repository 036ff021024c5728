import { plainString, unescapeString } from './string-literal.ts'
import { SyntaxFault } from './syntax-error.ts'

export type Token =
  | { readonly type: 'name'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly type: 'string'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly type: 'number'
      readonly value: number
      readonly text: string
      readonly start: number
      readonly end: number
    }
  | { readonly type: 'operator'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly type: 'end'; readonly text: ''; readonly start: number; readonly end: number }

/** Longest first. */
const OPERATORS = ['**', '//', '==', '!=', '<=', '>=', ...'+-*/%~<>|.,:()[]{}=']
const CLOSING: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' }
const SPACE = /\s*/y
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const NUMBER = /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/y

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/**
 * Tokens of an expression from `from`. With a `terminator` (`}}` or `%}`) the expression ends there, outside of brackets;
 * a `-` or `+` right before it belongs to it. Without one it ends with the text.
 * Backslashes in strings are escapes as in Python, except within `{{ }}`: see `plainString`.
 */
export function tokenize(
  text: string,
  from = 0,
  terminator?: '}}' | '%}',
): { tokens: Token[]; end: number; trim: '-' | '+' | '' } {
  const tokens: Token[] = []
  const open: { bracket: string; at: number }[] = []
  let at = from
  for (;;) {
    at += match(SPACE, text, at)?.length ?? 0
    if (terminator && open.length === 0) {
      const sign = text[at] === '-' || text[at] === '+' ? (text[at] as '-' | '+') : ''
      if (text.startsWith(terminator, at + sign.length)) {
        tokens.push({ type: 'end', text: '', start: at, end: at + sign.length + 2 })
        return { tokens, end: at + sign.length + 2, trim: sign }
      }
    }
    if (at >= text.length) break
    const token = next(text, at, terminator !== '}}')
    if (token.type === 'operator') track(open, token.text, at)
    tokens.push(token)
    at = token.end
  }
  const unclosed = open.at(-1)
  if (unclosed) throw new SyntaxFault(`"${unclosed.bracket}" is never closed`, unclosed.at)
  if (terminator) {
    const begin = terminator === '}}' ? '{{' : '{%'
    throw new SyntaxFault(`"${begin}" has no "${terminator}"`, Math.max(0, text.lastIndexOf(begin, from)), from)
  }
  tokens.push({ type: 'end', text: '', start: at, end: at })
  return { tokens, end: at, trim: '' }
}

function track(open: { bracket: string; at: number }[], text: string, at: number): void {
  if (CLOSING[text] !== undefined) open.push({ bracket: text, at })
  else if (text === ')' || text === ']' || text === '}') {
    const last = open.pop()
    if (!last) throw new SyntaxFault(`unexpected "${text}"`, at)
    const wanted = CLOSING[last.bracket]
    if (wanted !== text) throw new SyntaxFault(`expected "${wanted}", found "${text}"`, at)
  }
}

function next(text: string, at: number, escapes: boolean): Token {
  const char = text[at] as string
  const name = match(NAME, text, at)
  if (name !== undefined) return { type: 'name', text: name, start: at, end: at + name.length }
  if (char >= '0' && char <= '9') return number(text, at)
  if (char === '"' || char === "'") return string(text, at, escapes)
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at))
  if (operator !== undefined) return { type: 'operator', text: operator, start: at, end: at + operator.length }
  const known: { readonly [char: string]: string } = {
    '&': 'write `and`',
    '!': 'write `not`',
    '?': 'write `a if test else b`',
  }
  const shown = String.fromCodePoint(text.codePointAt(at) as number)
  throw new SyntaxFault(`unexpected character ${JSON.stringify(shown)}`, at, at + shown.length, known[char])
}

function number(text: string, at: number): Token {
  const source = match(NUMBER, text, at) as string
  const end = at + source.length
  const value = Number(source.replaceAll('_', ''))
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.eE]/.test(source))) {
    throw new SyntaxFault('number too large to be exact: quote it to keep it as text', at, end)
  }
  return { type: 'number', value, text: source, start: at, end }
}

function string(text: string, at: number, escapes: boolean): Token {
  const quote = text[at] as string
  let end = at + 1
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1
  if (end >= text.length) throw new SyntaxFault('string without closing quote', at, text.length)
  const body = text.slice(at + 1, end)
  const value = !body.includes('\\') ? body : escapes ? unescapeString(body) : plainString(body, quote)
  return { type: 'string', text: value, start: at, end: end + 1 }
}
