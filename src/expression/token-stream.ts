import type { Token } from './lexer.ts'
import { SyntaxFault } from './syntax-error.ts'

export const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else'])

/** The tokens of one expression or statement, with a place in them. The last one is always `end`. */
export class TokenStream {
  readonly #tokens: readonly Token[]
  #index = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get current(): Token {
    return this.#tokens[this.#index] as Token
  }

  get following(): Token | undefined {
    return this.#tokens[this.#index + 1]
  }

  finish(): void {
    const { current } = this
    if (current.type !== 'end') throw this.unexpected(current)
  }

  advance(): Token {
    const token = this.current
    if (token.type !== 'end') this.#index++
    return token
  }

  /** Consumes the word or operator if it comes next. */
  take(text: string): boolean {
    const { current } = this
    if (current.text !== text || (current.type !== 'name' && current.type !== 'operator')) return false
    this.#index++
    return true
  }

  expect(text: string): Token {
    const token = this.current
    if (!this.take(text)) throw new SyntaxFault(`expected "${text}", found ${describe(token)}`, token.start, token.end)
    return token
  }

  /** A name that can be assigned to or called: no keyword. */
  identifier(what: string): Token {
    const token = this.advance()
    if (token.type !== 'name' || KEYWORDS.has(token.text)) {
      throw new SyntaxFault(`expected ${what}, found ${describe(token)}`, token.start, token.end)
    }
    return token
  }

  at(operator: string): boolean {
    return this.current.type === 'operator' && this.current.text === operator
  }

  /** After a comma: nothing follows in this tuple. */
  startsNothing(): boolean {
    return this.current.type === 'end' || this.at(')') || this.at(']') || this.at('}') || this.at('=')
  }

  /** The first word of a statement; keywords (`if`) too. */
  identifierOrKeyword(): string {
    const token = this.advance()
    if (token.type !== 'name') throw this.unexpected(token)
    return token.text
  }

  unexpected(token: Token): SyntaxFault {
    if (token.type === 'end') return new SyntaxFault('the expression ends too early', token.start, token.end)
    const hint = token.text === '{' ? 'an expression stands without {{ }} here' : undefined
    return new SyntaxFault(`unexpected ${describe(token)}`, token.start, token.end, hint)
  }
}

export function describe(token: Token): string {
  if (token.type === 'end') return 'the end'
  return token.type === 'string' ? 'a string' : `"${token.text}"`
}
