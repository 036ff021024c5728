import type { z } from 'zod'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { kindOfRaw } from './section.ts'

type Issue = z.core.$ZodIssue

export interface ArgContext {
  readonly task: string
  /** What was validated: an issue names a path into it. */
  readonly values: unknown
  /** Names of the arguments, when the schema has a fixed set. */
  readonly names: readonly string[]
  /** Values may be quoted in messages: they stand in the playbook for all to see. Rendered ones may be secrets. */
  readonly authored: boolean
  value(path: readonly PropertyKey[]): Origin
  key(path: readonly PropertyKey[]): Origin
}

const WORDS: { readonly [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
}

/** Zod's issue as `argument: expected X, got Y`, at the value's own place. */
export function diagnose(issue: Issue, context: ArgContext): Diagnostic[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, context))
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? 'not valid'
    return [{ message: `${show(path)}: ${why}`, origin: context.key(path) }]
  }
  const value = at(context.values, path)
  if (value === undefined && path.length > 0) {
    return [
      { message: `${context.task}: the argument "${show(path)}" is missing`, origin: context.value(path.slice(0, -1)) },
    ]
  }
  if (issue.code === 'invalid_union') {
    const inner = innerOf(issue)
    if (inner) return inner.flatMap((one) => diagnose({ ...one, path: [...path, ...one.path] }, context))
  }
  const expected = expectation(issue)
  const name = path.length > 0 ? `${show(path)}: ` : `${context.task}: `
  const message =
    expected === undefined ? issue.message : `expected ${expected}, got ${described(issue, value, context)}`
  return [{ message: name + message, origin: context.value(path), hint: hintFor(issue, value) }]
}

/** A value that should have been one of a few words is shown always: it is no secret. */
function described(issue: Issue, value: unknown, { authored }: ArgContext): string {
  if (authored || issue.code === 'invalid_value' || typeof value === 'object') return kindOfRaw(value)
  return WORDS[typeof value] ?? 'a value'
}

function unknownKey(key: string, path: readonly PropertyKey[], context: ArgContext): Diagnostic {
  const full = [...path, key]
  const message = path.length === 0 ? `${context.task} has no argument "${key}"` : `${show(path)} has no key "${key}"`
  return { message, origin: context.key(full), hint: path.length === 0 ? didYouMean(key, context.names) : undefined }
}

/** What would have been right, in words; undefined when the issue's own message says it. */
function expectation(issue: Issue): string | undefined {
  if (issue.code === 'invalid_type') return WORDS[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value') {
    const shown = issue.values.map(String)
    return shown.length === 1 ? `"${shown[0]}"` : `one of: ${shown.join(', ')}`
  }
  if (issue.code !== 'invalid_union') return undefined
  const options = issue.errors.map((errors) => (errors.length === 1 && errors[0] ? expectation(errors[0]) : undefined))
  return options.length > 0 && options.every((option) => option !== undefined)
    ? [...new Set(options)].join(' or ')
    : undefined
}

/** The option of a union that the value was meant for: the one whose outer type fits. */
function innerOf(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | undefined {
  const fitting = issue.errors.filter(
    (errors) => !errors.some((one) => one.path.length === 0 && one.code === 'invalid_type'),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}

function hintFor(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const hint = didYouMean(value, issue.values.map(String))
    return hint?.startsWith('did') ? hint : undefined
  }
  if (issue.code !== 'invalid_type') return undefined
  if (issue.expected === 'boolean' && typeof value === 'string') return 'convert with `| bool`, or drop the quotes'
  if (['number', 'int'].includes(issue.expected) && typeof value === 'string')
    return 'convert with `| int`, or drop the quotes'
  if (issue.expected === 'string' && typeof value !== 'object') return 'put it into quotes'
  return undefined
}

/** `files[0].src` */
function show(path: readonly PropertyKey[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`)).join('')
}

/** The value at a path, over own keys only. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, part) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, part)) return undefined
    return (inner as { [key: PropertyKey]: unknown })[part]
  }, value)
}
