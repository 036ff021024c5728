import { didYouMean } from '../../diagnostics/suggest.ts'
import { chargeList } from '../budget.ts'
import { EvaluationError } from '../errors.ts'
import { defined, type Item } from '../undefined.ts'
import { asNumber } from './compare.ts'
import { characters, isPlain, textLength, toText } from './text.ts'
import { isList, isMap, kindOf, own } from './types.ts'

/** Why a lookup found nothing. */
export interface Missing {
  readonly missing: string
  readonly hint: string | undefined
}

/** `object.name` or `object['name']` or `list[0]`: own keys of mappings, elements of lists, characters of strings. */
export function lookUp(object: Item, key: Item): { readonly found: Item } | Missing {
  const value = defined(object)
  if (isMap(value)) {
    const name = toText(key)
    const found = own(value, name)
    if (found !== undefined) return { found }
    return { missing: `the mapping has no key "${name}"`, hint: didYouMean(name, Object.keys(value)) }
  }
  if (isList(value) || typeof value === 'string') return element(value, key)
  return { missing: `${kindOf(value)} has no "${toText(key)}"`, hint: undefined }
}

function element(value: readonly Item[] | string, key: Item): { readonly found: Item } | Missing {
  const index = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : asNumber(defined(key))
  if (index === undefined || !Number.isInteger(index)) {
    return {
      missing: `${kindOf(value)} has no "${toText(key)}"`,
      hint: isList(value) ? 'elements have numbers, from 0' : undefined,
    }
  }
  const elements = typeof value === 'string' && !isPlain(value) ? characters(value) : value
  const found = elements[index < 0 ? elements.length + index : index]
  if (found !== undefined) return { found }
  const count = elements.length === 1 ? '1 element' : `${elements.length} elements`
  return {
    missing: `there is no element ${index}: the ${isList(value) ? 'list' : 'string'} has ${count}`,
    hint: undefined,
  }
}

/** Python's `[from:to:step]` of a list or string. */
export function slice(object: Item, from: Item, to: Item, step: Item): Item {
  const value = defined(object)
  if (!isList(value) && typeof value !== 'string') throw new EvaluationError(`${kindOf(value)} can't be sliced`)
  const stride = bound(step) ?? 1
  if (stride === 0) throw new EvaluationError('the step of a slice is zero')
  const length = typeof value === 'string' ? textLength(value) : value.length
  const clamp = (index: number | undefined, otherwise: number) => {
    if (index === undefined) return otherwise
    const absolute = index < 0 ? index + length : index
    return stride > 0 ? Math.min(Math.max(absolute, 0), length) : Math.min(Math.max(absolute, -1), length - 1)
  }
  const start = clamp(bound(from), stride > 0 ? 0 : length - 1)
  const end = clamp(bound(to), stride > 0 ? length : -1)
  if (stride === 1 && (typeof value !== 'string' || isPlain(value))) return value.slice(start, Math.max(start, end))
  const elements: readonly Item[] = typeof value === 'string' ? characters(value) : value
  const picked: Item[] = []
  for (let i = start; stride > 0 ? i < end : i > end; i += stride) picked.push(elements[i] as Item)
  chargeList(picked.length)
  return typeof value === 'string' ? picked.join('') : picked
}

function bound(item: Item): number | undefined {
  const value = defined(item)
  if (value === null) return undefined
  const number = asNumber(value)
  if (number === undefined || !Number.isInteger(number)) {
    throw new EvaluationError(`the bounds of a slice are integers, not ${kindOf(value)}`)
  }
  return number
}

/** What a loop goes through: elements, characters, or keys. */
export function iterate(item: Item): readonly Item[] {
  const value = defined(item)
  if (isList(value)) return value
  if (typeof value === 'string') return characters(value)
  if (isMap(value)) return Object.keys(value)
  throw new EvaluationError(`expected a list, got ${kindOf(value)}`)
}
