import { EvaluationError } from './errors.ts'
import { iterate } from './python/access.ts'
import { asNumber } from './python/compare.ts'
import { isMap, kindOf } from './python/types.ts'
import type { Item } from './undefined.ts'
import type { Value, ValueMap } from './values.ts'

/** Typed readers of values and arguments, each with its error. `what` names the thing in the message. */

export function text(value: Value | undefined, what = 'the value'): string {
  if (typeof value === 'string') return value
  throw new EvaluationError(`${what} must be a string, not ${kindOf(value ?? null)}`, 'convert with `| string`')
}

export function integer(value: Value | undefined, what: string, otherwise?: number): number {
  if (value === undefined && otherwise !== undefined) return otherwise
  const number = asNumber(value ?? null)
  if (number !== undefined && Number.isInteger(number)) return number
  throw new EvaluationError(`${what} must be an integer, not ${kindOf(value ?? null)}`, 'convert with `| int`')
}

export function number(value: Value | undefined, what = 'the value'): number {
  const result = asNumber(value ?? null)
  if (result !== undefined) return result
  throw new EvaluationError(
    `${what} must be a number, not ${kindOf(value ?? null)}`,
    'convert with `| int` or `| float`',
  )
}

export function list(value: Item | undefined, what = 'the value'): readonly Item[] {
  if (Array.isArray(value)) return value
  throw new EvaluationError(`${what} must be a list, not ${kindOf((value ?? null) as Item)}`)
}

/** Lists, the keys of mappings, the characters of strings. */
export function elements(value: Value): readonly Item[] {
  return iterate(value)
}

export function map(value: Item | undefined, what = 'the value'): ValueMap {
  if (value !== undefined && isMap(value)) return value
  throw new EvaluationError(`${what} must be a mapping, not ${kindOf((value ?? null) as Item)}`)
}

/** One of a few words. */
export function oneOf<const Word extends string>(value: Value | undefined, what: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw new EvaluationError(`${what} must be one of: ${words.join(', ')}`)
}
