import { defined, type Item, Undefined } from '../undefined.ts'
import type { Value, ValueMap } from '../values.ts'

export function isMap(value: Item): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Undefined)
}

export function isList(value: Item): value is readonly Item[] {
  return Array.isArray(value)
}

/** Python's name of a type, as `type_debug` prints it. Whole numbers are `int`: JavaScript has no `1.0`. */
export function typeName(item: Item): 'NoneType' | 'bool' | 'int' | 'float' | 'str' | 'list' | 'dict' {
  const value = defined(item)
  if (value === null) return 'NoneType'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (typeof value === 'string') return 'str'
  return Array.isArray(value) ? 'list' : 'dict'
}

const WORDS = {
  NoneType: 'none',
  bool: 'a boolean',
  int: 'an integer',
  float: 'a float',
  str: 'a string',
  list: 'a list',
  dict: 'a mapping',
} as const

/** "a list", for error messages. */
export function kindOf(item: Item): string {
  return WORDS[typeName(item)]
}

/** A map without a prototype: no key of it can mean anything to JavaScript. */
export function emptyMap<T = Value>(): { [key: string]: T } {
  return Object.create(null) as { [key: string]: T }
}

/** The value under an own key, or undefined. Never looks at a prototype. */
export function own(map: ValueMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}
