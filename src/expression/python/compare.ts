import type { Comparison } from '../ast.ts'
import { charge } from '../budget.ts'
import { EvaluationError } from '../errors.ts'
import { defined, type Item } from '../undefined.ts'
import type { ValueMap } from '../values.ts'
import { toText } from './text.ts'
import { isList, isMap, kindOf } from './types.ts'

/** Python's `==`: `true == 1`, `'1' != 1`, lists and mappings by content. */
export function equals(left: Item, right: Item): boolean {
  charge()
  const a = defined(left)
  const b = defined(right)
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object') return asNumber(a) === asNumber(b) && asNumber(a) !== undefined
  if (a === null || b === null) return false
  if (isList(a)) return isList(b) && a.length === b.length && a.every((element, i) => equals(element, b[i] as Item))
  if (isList(b)) return false
  return sameMap(a as ValueMap, b as ValueMap)
}

function sameMap(a: ValueMap, b: ValueMap): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equals(a[key] as Item, b[key] as Item))
  )
}

/** Booleans are the numbers 0 and 1, as in Python. */
export function asNumber(value: Item): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' ? value : undefined
}

/** Negative, zero or positive. Numbers with numbers, strings by code point, lists element by element; anything else can't be ordered. */
export function order(left: Item, right: Item): number {
  charge()
  const a = defined(left)
  const b = defined(right)
  const x = asNumber(a)
  const y = asNumber(b)
  if (x !== undefined && y !== undefined) return x - y
  if (typeof a === 'string' && typeof b === 'string') return orderText(a, b)
  if (isList(a) && isList(b)) {
    const common = Math.min(a.length, b.length)
    for (let i = 0; i < common; i++) {
      const difference = order(a[i] as Item, b[i] as Item)
      if (difference !== 0) return difference
    }
    return a.length - b.length
  }
  const numeric = (x !== undefined && typeof b === 'string') || (y !== undefined && typeof a === 'string')
  throw new EvaluationError(`can't order ${kindOf(a)} and ${kindOf(b)}`, numeric ? 'convert with `| int`' : undefined)
}

/** By code point: UTF-16 order differs beyond the basic plane. */
function orderText(a: string, b: string): number {
  if (a === b) return 0
  const surrogates = /[\ud800-\udfff]/
  if (!surrogates.test(a) && !surrogates.test(b)) return a < b ? -1 : 1
  const x = [...a]
  const y = [...b]
  const i = x.findIndex((char, at) => char !== y[at])
  if (i < 0) return -1
  if (i >= y.length) return 1
  return (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0)
}

/** `needle in haystack`: a part of a string, an element of a list, a key of a mapping. */
export function contains(haystack: Item, needle: Item): boolean {
  const where = defined(haystack)
  if (typeof where === 'string') {
    const what = defined(needle)
    if (typeof what === 'string') return where.includes(what)
    throw new EvaluationError(`a string can't contain ${kindOf(what)}`, 'convert with `| string`')
  }
  if (isList(where)) return where.some((element) => equals(element, needle))
  if (isMap(where)) return Object.hasOwn(where, toText(needle))
  throw new EvaluationError(`"in" needs a list, a string or a mapping on its right, not ${kindOf(where)}`)
}

export function compare(operator: Comparison, left: Item, right: Item): boolean {
  switch (operator) {
    case '==':
      return equals(left, right)
    case '!=':
      return !equals(left, right)
    case 'in':
      return contains(right, left)
    case 'not in':
      return !contains(right, left)
    case '<':
      return order(left, right) < 0
    case '<=':
      return order(left, right) <= 0
    case '>':
      return order(left, right) > 0
    case '>=':
      return order(left, right) >= 0
  }
}
