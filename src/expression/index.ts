import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { withBudget } from './budget.ts'
import { placed } from './errors.ts'
import { evaluateNode } from './evaluator.ts'
import { parseExpression, parseTemplate } from './parse.ts'
import { decide } from './python/truth.ts'
import { OMIT, Run } from './run.ts'
import { settle } from './settle.ts'
import { evaluateTemplate } from './template-evaluator.ts'
import type { Item } from './undefined.ts'
import { type ExpressionText, type Raw, type Scope, TemplateText, type Value } from './values.ts'

export { OMIT, parseExpression }

/** Evaluates in a scope. Throws UserError at the part that failed, PendingValue for what is not known yet. */
export function evaluate(expression: ExpressionText, scope: Scope): Value {
  const { root } = parseExpression(expression)
  const { origin } = expression
  return finish(origin, () => evaluateNode(root, { run: new Run(scope, evaluateTemplate), origin, locals: undefined }))
}

/**
 * Truth of a condition's value (`when`, `changed_when`, `that`, ...): Python's, so empty and zero are false.
 * The strings "false", "no" and "off", which Ansible counts as true, are a UserError. Without `origin` it has no place.
 */
export function isTrue(value: Value, origin?: Origin): boolean {
  try {
    return decide(value)
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string }
    throw new UserError({ message, origin, hint })
  }
}

/** `isTrue` of an expression, with its place in every error. */
export function holds(expression: ExpressionText, scope: Scope): boolean {
  return isTrue(evaluate(expression, scope), expression.origin)
}

/** A template's value. Exactly one `{{ }}` keeps its type; anything else is text. */
export function renderTemplate(template: TemplateText, scope: Scope): Value {
  return finish(template.origin, () => new Run(scope, evaluateTemplate).render(template, 'this value'))
}

/** Renders every template within, and leaves out what is `omit`. What has no template is returned as it is, without a copy. */
export function render(raw: Raw, scope: Scope): Value {
  const first = firstTemplate(raw)
  if (!first) return raw as Value
  return finish(first.origin, () => new Run(scope, evaluateTemplate).render(raw, 'this value'))
}

/** Every syntax error in the templates within. Nothing is evaluated. */
export function checkTemplates(raw: Raw): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const template of templatesIn(raw)) {
    try {
      parseTemplate(template)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      found.push(...error.diagnostics)
    }
  }
  return found
}

function finish(origin: Origin, work: () => Item): Value {
  return placed(
    () => origin,
    () => withBudget(() => settle(work())),
  )
}

function* templatesIn(raw: Raw): Generator<TemplateText> {
  if (raw instanceof TemplateText) yield raw
  else if (typeof raw === 'object' && raw !== null) for (const part of Object.values(raw)) yield* templatesIn(part)
}

/** Found once per authored value: the same one is rendered for every host. */
const firstTemplates = new WeakMap<object, TemplateText | null>()

function firstTemplate(raw: Raw): TemplateText | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined
  const known = firstTemplates.get(raw)
  if (known !== undefined) return known ?? undefined
  const first = templatesIn(raw).next().value as TemplateText | undefined
  firstTemplates.set(raw, first ?? null)
  return first
}
