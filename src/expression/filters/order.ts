import { attributeOf } from '../attribute-path.ts'
import { chargeText } from '../budget.ts'
import { order } from '../python/compare.ts'
import { toText } from '../python/text.ts'
import { isList } from '../python/types.ts'
import { defined, type Item, Undefined } from '../undefined.ts'
import type { ValueMap } from '../values.ts'

export interface Ordering {
  /** `a.b`, or `a,b` for several keys. */
  readonly attribute?: Item | undefined
  readonly caseSensitive: boolean
  readonly reverse?: boolean
}

/** Jinja compares texts without regard to case unless told otherwise. */
export function keyOf({ attribute, caseSensitive }: Omit<Ordering, 'reverse'>): (item: Item) => Item {
  const fold = (item: Item): Item => {
    const value = defined(item)
    return !caseSensitive && typeof value === 'string' ? value.toLowerCase() : value
  }
  if (attribute === undefined || attribute === null) return fold
  if (typeof attribute === 'number' || !toText(attribute).includes(',')) {
    const get = attributeOf(attribute)
    return (item) => fold(get(item))
  }
  const getters = toText(attribute).split(',').map(attributeOf)
  return (item) => getters.map((get) => fold(get(item)))
}

/** Stable; reversed order keeps equal elements in place too. */
export function sorted(items: readonly Item[], ordering: Ordering): Item[] {
  const key = keyOf(ordering)
  const keyed = items.map((item) => ({ item, key: key(item) }))
  keyed.sort((a, b) => (ordering.reverse ? order(b.key, a.key) : order(a.key, b.key)))
  return keyed.map(({ item }) => item)
}

/** The first of the smallest (-1) or greatest (1) elements. */
export function best(items: readonly Item[], sign: -1 | 1, ordering: Ordering): Item {
  const key = keyOf(ordering)
  const keyed = items.map((item) => ({ item, key: key(item) }))
  const [first, ...rest] = keyed
  if (!first) return new Undefined(() => ({ message: 'the list is empty', hint: 'give a default: `| default(...)`' }))
  return rest.reduce((winner, next) => (order(next.key, winner.key) * sign > 0 ? next : winner), first).item
}

/** A key under which equal values meet in a Map: numbers and booleans as Python equates them, the rest by content. */
export function identity(item: Item): string {
  const value = defined(item)
  if (typeof value === 'string') return `s${value}`
  if (typeof value === 'boolean') return `n${Number(value)}`
  if (typeof value === 'number') return `n${value}`
  if (value === null) return '0'
  const isArray = isList(value)
  const parts = isArray
    ? value.map(identity)
    : Object.keys(value)
        .sort()
        .flatMap((name) => [name, identity((value as ValueMap)[name] as Item)])
  chargeText(parts.reduce((length, part) => length + part.length + 8, 2))
  // Lengths in front keep the parts apart without any quoting, which would grow with each level.
  return (isArray ? '[' : '{') + parts.map((part) => `${part.length}:${part}`).join('')
}
