import type { Origin } from '../diagnostics/source.ts'

/**
 * A string that a person authored in a playbook, inventory or vars file and that holds template marks (`{{`, `{%`, `{#`).
 * Only instances of this class are ever rendered. Whatever comes from a host is a plain string, so it can't become a template.
 */
export class TemplateText {
  readonly text: string
  readonly origin: Origin

  constructor(text: string, origin: Origin) {
    this.text = text
    this.origin = origin
  }
}

/** A bare expression (`when`, `changed_when`, `that`, ...) with its place. */
export class ExpressionText {
  readonly text: string
  readonly origin: Origin

  constructor(text: string, origin: Origin) {
    this.text = text
    this.origin = origin
  }
}

/** A value as authored: JSON plus templates not rendered yet. */
export type Raw = null | boolean | number | string | TemplateText | readonly Raw[] | RawMap
export interface RawMap {
  readonly [key: string]: Raw
}

/** A rendered value: plain JSON-like data. */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap
export interface ValueMap {
  readonly [key: string]: Value
}

/** True for text that must be rendered. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%|\{#/.test(text)
}

/**
 * What a name means to an expression.
 * `raw` is authored and rendered lazily in the same scope; `value` is data, final; `pending` is not known yet
 * (a fact not gathered, a result of a step that has not run): evaluating it throws PendingValue.
 * `scopes` is a mapping whose entries are scopes of their own (`hostvars`): what stands below an entry is looked up, and rendered, there.
 */
export type Binding =
  | { kind: 'raw'; raw: Raw }
  | { kind: 'value'; value: Value }
  | { kind: 'pending'; reason: string }
  | { kind: 'scopes'; get(name: string): Scope | undefined; names(): Iterable<string> }

export interface Scope {
  lookup(name: string): Binding | undefined
  /** Names for a did-you-mean. */
  names(): Iterable<string>
}

/** Thrown when an expression needs something that only a later moment can tell. The engine waits, or says "known after step N". */
export class PendingValue extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(`not known yet: ${reason}`)
    this.name = 'PendingValue'
    this.reason = reason
  }
}
