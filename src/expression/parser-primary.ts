import type { Expression } from './ast.ts'
import type { Parser } from './parser.ts'
import { KEYWORDS } from './token-stream.ts'

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

/** A literal, name, list, map or parenthesis. */
export function parsePrimary(parser: Parser): Expression {
  const token = parser.advance()
  const { start, end } = token
  if (token.type === 'number') return { kind: 'literal', value: token.value, start, end }
  if (token.type === 'string') return strings(parser, token.text, start, end)
  if (token.type === 'name' && !KEYWORDS.has(token.text)) {
    const constant = CONSTANTS.get(token.text)
    return constant === undefined
      ? { kind: 'name', name: token.text, start, end }
      : { kind: 'literal', value: constant, start, end }
  }
  if (token.type === 'operator' && token.text === '(') return parenthesis(parser, start)
  if (token.type === 'operator' && token.text === '[') return list(parser, start)
  if (token.type === 'operator' && token.text === '{') return map(parser, start)
  throw parser.unexpected(token)
}

/** Adjacent string literals are one. */
function strings(parser: Parser, first: string, start: number, firstEnd: number): Expression {
  let value = first
  let end = firstEnd
  while (parser.current.type === 'string') {
    value += parser.current.text
    end = parser.advance().end
  }
  return { kind: 'literal', value, start, end }
}

function parenthesis(parser: Parser, start: number): Expression {
  if (parser.at(')')) return { kind: 'list', elements: [], start, end: parser.advance().end }
  const inner = parser.tuple()
  const { end } = parser.expect(')')
  return { ...inner, start, end }
}

function list(parser: Parser, start: number): Expression {
  const elements: Expression[] = []
  while (!parser.at(']')) {
    elements.push(parser.expression())
    if (!parser.take(',')) break
  }
  return { kind: 'list', elements, start, end: parser.expect(']').end }
}

function map(parser: Parser, start: number): Expression {
  const entries: { key: Expression; value: Expression }[] = []
  while (!parser.at('}')) {
    const key = parser.expression()
    parser.expect(':')
    entries.push({ key, value: parser.expression() })
    if (!parser.take(',')) break
  }
  return { kind: 'map', entries, start, end: parser.expect('}').end }
}
