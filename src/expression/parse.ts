import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { Expression, TemplateNode } from './ast.ts'
import { tokenize } from './lexer.ts'
import { Parser } from './parser.ts'
import { SyntaxFault } from './syntax-error.ts'
import { parseTemplateText } from './template-parser.ts'
import type { ExpressionText, TemplateText } from './values.ts'

/** A parsed expression; offsets in it count from the start of its text. */
export interface CompiledExpression {
  readonly text: ExpressionText
  readonly root: Expression
}

const MAX_CACHED = 20_000
/** By text: the same expression on a thousand hosts is parsed once. Places come from whoever asks. */
const expressions = new Map<string, Expression>()
const templates = new Map<string, readonly TemplateNode[]>()

/** Throws UserError at the fault. */
export function parseExpression(text: ExpressionText): CompiledExpression {
  const root = cached(expressions, text, (source) => {
    if (source.trim() === '') throw new SyntaxFault('the expression is empty', 0, Math.max(1, source.length))
    if (/^\s*\{[{%]/.test(source)) {
      throw new SyntaxFault('this is an expression already, not a text with marks', 0, source.length, 'drop the {{ }}')
    }
    return new Parser(tokenize(source).tokens).parseAll()
  })
  return { text, root }
}

/** Throws UserError at the fault. */
export function parseTemplate(text: TemplateText): readonly TemplateNode[] {
  return cached(templates, text, parseTemplateText)
}

function cached<T>(
  cache: Map<string, T>,
  { text, origin }: ExpressionText | TemplateText,
  parse: (text: string) => T,
): T {
  const known = cache.get(text)
  if (known !== undefined) return known
  let result: T
  try {
    result = parse(text)
  } catch (error) {
    throw new UserError(faultDiagnostic(error, origin))
  }
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(text, result)
  return result
}

function faultDiagnostic(error: unknown, origin: TemplateText['origin']): Diagnostic {
  if (error instanceof SyntaxFault) {
    return { message: error.message, origin: origin.at(error.start, error.end), hint: error.hint }
  }
  if (error instanceof RangeError) return { message: 'too deeply nested to be read', origin }
  throw error
}
