import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../../src/diagnostics/source.ts'
import { evaluate, renderTemplate } from '../../src/expression/index.ts'
import {
  type Binding,
  ExpressionText,
  isTemplate,
  type Raw,
  type Scope,
  TemplateText,
  type Value,
} from '../../src/expression/values.ts'

export function expression(text: string): ExpressionText {
  return new ExpressionText(text, new Origin(new SourceFile('test.yml', text), 0, text.length))
}

export function template(text: string): TemplateText {
  return new TemplateText(text, new Origin(new SourceFile('test.yml', text), 0, text.length))
}

/** Data becomes values; a string with marks becomes a template, as a loader would make it. */
export function authored(value: unknown): Raw {
  if (typeof value === 'string') return isTemplate(value) ? template(value) : value
  if (Array.isArray(value)) return value.map(authored)
  if (typeof value === 'object' && value !== null && !(value instanceof TemplateText)) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, authored(part)]))
  }
  return value as Raw
}

export function scopeOf(bindings: { readonly [name: string]: Binding }): Scope {
  return {
    lookup: (name) => (Object.hasOwn(bindings, name) ? bindings[name] : undefined),
    names: () => Object.keys(bindings),
  }
}

/** Variables as a person wrote them. */
export function variables(values: { readonly [name: string]: unknown }): Scope {
  return scopeOf(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { kind: 'raw', raw: authored(value) }])),
  )
}

/** Data as a host sent it. */
export function facts(values: { readonly [name: string]: Value }): Scope {
  return scopeOf(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { kind: 'value', value }])))
}

const NOTHING = variables({})

export function value(text: string, scope: Scope = NOTHING): Value {
  return evaluate(expression(text), scope)
}

export function rendered(text: string, scope: Scope = NOTHING): Value {
  return renderTemplate(template(text), scope)
}

/** The message of the UserError that `work` throws. */
export function complaint(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}
