import type { Expression, TemplateNode } from './ast.ts'
import { type Token, tokenize } from './lexer.ts'
import { Parser } from './parser.ts'
import { SyntaxFault } from './syntax-error.ts'

const MARK = /\{\{|\{%|\{#/g
const END_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g
const MAX_DEPTH = 100
const UNSUPPORTED = new Set([
  'macro',
  'call',
  'filter',
  'include',
  'import',
  'from',
  'extends',
  'block',
  'with',
  'do',
  'autoescape',
])

type Block = Extract<TemplateNode, { kind: 'branches' | 'for' }>
interface Tag {
  readonly word: string
  readonly parser: Parser
  readonly start: number
  readonly end: number
}
/** What stands between two pieces of text. */
type Piece =
  | { readonly kind: 'text'; text: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | ({ readonly kind: 'tag' } & Tag)

/**
 * A template as nodes. Whitespace as Ansible sets it: the newline after a `{% %}` or comment is dropped (`+%}` keeps it),
 * `-` trims everything on its side, a newline at the end of the text is kept.
 */
export function parseTemplateText(text: string): TemplateNode[] {
  const reader = new Reader(split(text))
  const nodes = reader.body([])
  return nodes
}

/** Texts, outputs and tags in order, with whitespace control applied. */
function split(text: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let trimNext: '-' | 'newline' | '' = ''
  const addText = (end: number, trimEnd: boolean) => {
    let part = text.slice(at, end)
    if (trimNext === '-') part = part.trimStart()
    else if (trimNext === 'newline') part = part.replace(/^\n/, '')
    if (trimEnd) part = part.trimEnd()
    if (part !== '') pieces.push({ kind: 'text', text: part })
  }
  for (;;) {
    MARK.lastIndex = at
    const start = MARK.exec(text)?.index
    if (start === undefined) break
    const mark = text.slice(start, start + 2)
    const sign = text[start + 2]
    addText(start, sign === '-')
    const inner = start + 2 + (sign === '-' || sign === '+' ? 1 : 0)
    if (mark === '{#') {
      const close = text.indexOf('#}', inner)
      if (close < 0) throw new SyntaxFault('comment "{#" has no "#}"', start, start + 2)
      at = close + 2
      trimNext = text[close - 1] === '-' && close > inner ? '-' : 'newline'
    } else if (mark === '{{') {
      const { tokens, end, trim } = lex(text, inner, '}}', start)
      pieces.push({ kind: 'output', expression: new Parser(tokens).parseAll() })
      at = end
      trimNext = trim === '-' ? '-' : ''
    } else {
      const { tokens, end, trim } = lex(text, inner, '%}', start)
      const parser = new Parser(tokens)
      const word = parser.identifierOrKeyword()
      at = end
      trimNext = trim === '-' ? '-' : trim === '+' ? '' : 'newline'
      if (word === 'raw') {
        parser.finish()
        END_RAW.lastIndex = at
        const close = END_RAW.exec(text)
        if (!close) throw new SyntaxFault('"{% raw %}" has no "{% endraw %}"', start, end)
        addText(close.index, close[1] === '-')
        at = close.index + close[0].length
        trimNext = close[2] === '-' ? '-' : close[2] === '+' ? '' : 'newline'
      } else {
        pieces.push({ kind: 'tag', word, parser, start, end })
      }
    }
  }
  addText(text.length, false)
  return pieces
}

function lex(
  text: string,
  from: number,
  terminator: '}}' | '%}',
  start: number,
): { tokens: Token[]; end: number; trim: string } {
  const result = tokenize(text, from, terminator)
  const first = result.tokens[0] as Token
  if (first.type === 'end') throw new SyntaxFault('nothing stands between the marks', start, result.end)
  return result
}

/** Builds the tree of blocks from the flat pieces. */
class Reader {
  readonly #pieces: readonly Piece[]
  #index = 0
  #depth = 0
  #stoppedAt: Tag | undefined

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  /** Nodes up to one of the tags `until` (kept in #stoppedAt), or to the end of the text when there is none. */
  body(until: readonly string[], opener?: Tag): TemplateNode[] {
    if (++this.#depth > MAX_DEPTH && opener) {
      throw new SyntaxFault(`blocks nested more than ${MAX_DEPTH} levels deep`, opener.start, opener.end)
    }
    const nodes: TemplateNode[] = []
    for (;;) {
      const piece = this.#pieces[this.#index++]
      if (!piece) break
      if (piece.kind !== 'tag') {
        nodes.push(piece)
      } else if (until.includes(piece.word)) {
        this.#stoppedAt = piece
        this.#depth--
        return nodes
      } else {
        nodes.push(this.#statement(piece))
      }
    }
    if (opener) {
      throw new SyntaxFault(`"{% ${opener.word} %}" has no "{% end${opener.word} %}"`, opener.start, opener.end)
    }
    return nodes
  }

  #statement(tag: Tag): TemplateNode {
    if (tag.word === 'if') return this.#if(tag)
    if (tag.word === 'for') return this.#for(tag)
    if (tag.word === 'set') return set(tag)
    if (UNSUPPORTED.has(tag.word)) {
      throw new SyntaxFault(`"{% ${tag.word} %}" is not supported`, tag.start, tag.end, 'supported: if, for, set, raw')
    }
    const message = /^(end|el)/.test(tag.word)
      ? `"{% ${tag.word} %}" belongs to no open block`
      : `unknown statement "${tag.word}"`
    throw new SyntaxFault(message, tag.start, tag.end, 'supported: if, for, set, raw')
  }

  #if(opener: Tag): Block {
    const branches: { condition: Expression; body: TemplateNode[] }[] = []
    let otherwise: TemplateNode[] = []
    let tag = opener
    while (tag.word === 'if' || tag.word === 'elif') {
      const condition = tag.parser.parseAll()
      branches.push({ condition, body: this.body(['elif', 'else', 'endif'], opener) })
      tag = this.#stoppedAt as Tag
    }
    if (tag.word === 'else') {
      tag.parser.finish()
      otherwise = this.body(['endif'], opener)
      tag = this.#stoppedAt as Tag
    }
    tag.parser.finish()
    return { kind: 'branches', branches, otherwise }
  }

  #for(opener: Tag): Block {
    const { parser } = opener
    const targets = names(parser)
    parser.expect('in')
    const list = parser.withoutCondition()
    const condition = parser.take('if') ? parser.expression() : undefined
    parser.finish()
    const body = this.body(['else', 'endfor'], opener)
    let otherwise: TemplateNode[] = []
    if ((this.#stoppedAt as Tag).word === 'else') {
      ;(this.#stoppedAt as Tag).parser.finish()
      otherwise = this.body(['endfor'], opener)
    }
    ;(this.#stoppedAt as Tag).parser.finish()
    return { kind: 'for', targets, list, condition, body, otherwise }
  }
}

function set({ parser, start, end }: Tag): TemplateNode {
  const targets = names(parser)
  if (parser.current.type === 'end') {
    throw new SyntaxFault('"{% set %}" over a block is not supported', start, end, 'write {% set name = value %}')
  }
  parser.expect('=')
  return { kind: 'set', targets, value: parser.parseAll() }
}

/** `x` or `key, value`. */
function names(parser: Parser): string[] {
  const parenthesis = parser.take('(')
  const targets = [parser.identifier('a name').text]
  while (parser.take(',')) targets.push(parser.identifier('a name').text)
  if (parenthesis) parser.expect(')')
  return targets
}
