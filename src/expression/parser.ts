import { closest } from '../diagnostics/suggest.ts'
import type { Arguments, BinaryOperator, Comparison, Expression } from './ast.ts'
import { FILTERS } from './filters/index.ts'
import { FUNCTIONS, unknownFunction } from './functions.ts'
import { parsePrimary } from './parser-primary.ts'
import { SyntaxFault } from './syntax-error.ts'
import { TESTS } from './tests/index.ts'
import { describe, KEYWORDS, TokenStream } from './token-stream.ts'

/** Nesting and length of operator chains, so that neither parsing nor evaluating can exhaust the stack. */
const MAX_DEPTH = 200
const MAX_CHAIN = 500

/** Left binding powers of the arithmetic operators: in Jinja `~` binds tighter than `+`. */
const POWER: ReadonlyMap<string, number> = new Map([
  ['+', 1],
  ['-', 1],
  ['~', 2],
  ['*', 3],
  ['/', 3],
  ['//', 3],
  ['%', 3],
  ['**', 4],
])
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

/** Pratt parser of Jinja's expression grammar over the tokens of one expression or statement. */
export class Parser extends TokenStream {
  #depth = 0

  /** The whole token list is one expression; a bare `a, b` is a list. */
  parseAll(): Expression {
    const expression = this.tuple()
    this.finish()
    return expression
  }

  tuple(): Expression {
    const first = this.expression()
    if (!this.at(',')) return first
    const elements = [first]
    while (this.take(',') && !this.startsNothing()) elements.push(this.expression())
    return { kind: 'list', elements, start: first.start, end: (elements.at(-1) as Expression).end }
  }

  expression(): Expression {
    return this.#nested(() => {
      let node = this.#or()
      for (let chain = 0; this.take('if'); chain++) {
        this.#limit(chain)
        const condition = this.#or()
        const otherwise = this.take('else') ? this.expression() : undefined
        node = { kind: 'if', condition, value: node, otherwise, start: node.start, end: (otherwise ?? condition).end }
      }
      return node
    })
  }

  /** Like `expression`, but leaves an `if` alone: the list of a `for ... if`. */
  withoutCondition(): Expression {
    return this.#or()
  }

  #or(): Expression {
    return this.#chain('or', () => this.#chain('and', () => this.#not()))
  }

  #chain(kind: 'and' | 'or', operand: () => Expression): Expression {
    let left = operand()
    for (let chain = 0; this.take(kind); chain++) {
      this.#limit(chain)
      const right = operand()
      left = { kind, left, right, start: left.start, end: right.end }
    }
    return left
  }

  #not(): Expression {
    const { current } = this
    if (!this.take('not')) return this.#compare()
    const operand = this.#nested(() => this.#not())
    return { kind: 'not', operand, start: current.start, end: operand.end }
  }

  #compare(): Expression {
    const first = this.#arithmetic(0)
    const rest: { operator: Comparison; right: Expression }[] = []
    for (;;) {
      const operator = this.#comparison()
      if (!operator) break
      rest.push({ operator, right: this.#arithmetic(0) })
    }
    const last = rest.at(-1)
    return last ? { kind: 'compare', first, rest, start: first.start, end: last.right.end } : first
  }

  #comparison(): Comparison | undefined {
    const { current, following } = this
    if (current.type === 'operator' && COMPARISONS.has(current.text)) return this.advance().text as Comparison
    if (this.take('in')) return 'in'
    if (current.type === 'name' && current.text === 'not' && following?.type === 'name' && following.text === 'in') {
      this.advance()
      this.advance()
      return 'not in'
    }
    if (current.type === 'operator' && current.text === '=') {
      throw new SyntaxFault('"=" compares nothing', current.start, current.end, 'write `==`')
    }
    return undefined
  }

  #arithmetic(minimum: number): Expression {
    let left = this.#unary(true)
    for (let chain = 0; ; chain++) {
      const { current } = this
      const power = current.type === 'operator' ? POWER.get(current.text) : undefined
      if (power === undefined || power <= minimum) return left
      this.#limit(chain)
      this.advance()
      const right = this.#arithmetic(power)
      left = {
        kind: 'binary',
        operator: current.text as BinaryOperator,
        left,
        right,
        start: left.start,
        end: right.end,
      }
    }
  }

  #unary(filters: boolean): Expression {
    const { current } = this
    let node: Expression
    if (this.at('-') || this.at('+')) {
      this.advance()
      const operand = this.#nested(() => this.#unary(false))
      node = { kind: 'sign', operator: current.text as '+' | '-', operand, start: current.start, end: operand.end }
    } else {
      node = this.#postfix(parsePrimary(this))
    }
    return filters ? this.#filtersAndTests(node) : node
  }

  #filtersAndTests(input: Expression): Expression {
    let node = input
    for (let chain = 0; ; chain++) {
      this.#limit(chain)
      if (this.take('|')) {
        const { name, start, end } = this.#dottedName('the name of a filter')
        if (!FILTERS.has(name))
          throw new SyntaxFault(`unknown filter "${name}"`, start, end, suggest(name, FILTERS.keys()))
        const args = this.at('(') ? this.#arguments() : { positional: [], named: [], end }
        node = { kind: 'filter', name, input: node, args, start: node.start, end: args.end }
      } else if (this.take('is')) {
        const negated = this.take('not')
        const { name, start, end } = this.#dottedName('the name of a test')
        if (!TESTS.has(name)) throw new SyntaxFault(`unknown test "${name}"`, start, end, suggest(name, TESTS.keys()))
        const args = this.at('(') ? this.#arguments() : this.#bareArgument(end)
        node = { kind: 'test', name, input: node, args, negated, start: node.start, end: args.end }
      } else if (this.at('(') || this.at('[') || this.at('.')) {
        node = this.#postfix(node)
      } else {
        return node
      }
    }
  }

  /** `ansible.builtin.combine` is `combine`; `in` is a test too. */
  #dottedName(what: string): { name: string; start: number; end: number } {
    let token = this.advance()
    const { start } = token
    if (token.type !== 'name' || (KEYWORDS.has(token.text) && token.text !== 'in')) {
      throw new SyntaxFault(`expected ${what}, found ${describe(token)}`, token.start, token.end)
    }
    let name = token.text
    while (this.take('.')) {
      token = this.identifier(what)
      name += `.${token.text}`
    }
    return { name: name.replace(/^ansible\.(builtin|legacy)\./, ''), start, end: token.end }
  }

  /** `is divisibleby 3`: one argument without parentheses. */
  #bareArgument(end: number): Arguments & { end: number } {
    const { current } = this
    const starts =
      current.type === 'string' ||
      current.type === 'number' ||
      (current.type === 'name' && !KEYWORDS.has(current.text)) ||
      this.at('[') ||
      this.at('{')
    if (!starts) return { positional: [], named: [], end }
    const argument = this.#postfix(parsePrimary(this))
    return { positional: [argument], named: [], end: argument.end }
  }

  #postfix(object: Expression): Expression {
    let node = object
    for (let chain = 0; ; chain++) {
      this.#limit(chain)
      if (this.take('.')) {
        const token = this.advance()
        const isName = token.type === 'name' || (token.type === 'number' && /^\d+$/.test(token.text))
        if (!isName)
          throw new SyntaxFault(`expected a name after ".", found ${describe(token)}`, token.start, token.end)
        node = { kind: 'attribute', object: node, name: token.text, start: node.start, end: token.end }
      } else if (this.at('[')) {
        node = this.#subscript(node)
      } else if (this.at('(')) {
        if (node.kind === 'name' && !FUNCTIONS.has(node.name)) throw unknownFunction(node.name, node.start, node.end)
        const args = this.#arguments()
        node = { kind: 'call', callee: node, args, start: node.start, end: args.end }
      } else {
        return node
      }
    }
  }

  #subscript(object: Expression): Expression {
    this.expect('[')
    const parts: (Expression | undefined)[] = [undefined]
    while (!this.at(']')) {
      if (this.take(':')) parts.push(undefined)
      else if (parts.at(-1) === undefined) parts[parts.length - 1] = this.expression()
      else throw this.unexpected(this.current)
    }
    const { end } = this.expect(']')
    const [from, to, step] = parts
    if (parts.length > 3) throw new SyntaxFault('a slice has at most three parts', object.end, end)
    if (parts.length > 1) return { kind: 'slice', object, from, to, step, start: object.start, end }
    if (!from) throw new SyntaxFault('an index is missing', object.end, end)
    return { kind: 'subscript', object, index: from, start: object.start, end }
  }

  #arguments(): Arguments & { end: number } {
    this.expect('(')
    const positional: Expression[] = []
    const named: { name: string; value: Expression }[] = []
    while (!this.at(')')) {
      const { current, following } = this
      if (current.type === 'name' && following?.type === 'operator' && following.text === '=') {
        this.advance()
        this.advance()
        named.push({ name: current.text, value: this.expression() })
      } else {
        const value = this.expression()
        if (named.length > 0) throw new SyntaxFault('a positional argument follows a named one', value.start, value.end)
        positional.push(value)
      }
      if (!this.take(',')) break
    }
    const { end } = this.expect(')')
    return { positional, named, end }
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw new SyntaxFault(`nested more than ${MAX_DEPTH} levels deep`, this.current.start, this.current.end)
    }
    const node = parse()
    this.#depth--
    return node
  }

  #limit(chain: number): void {
    if (chain >= MAX_CHAIN) {
      throw new SyntaxFault(`more than ${MAX_CHAIN} operators in a row`, this.current.start, this.current.end)
    }
  }
}

/** The tables are too long to be listed in an error. */
function suggest(name: string, known: Iterable<string>): string {
  const near = closest(name, known)
  return near === undefined ? 'docs/expressions.md lists what there is' : `did you mean "${near}"?`
}
