import { chargeList, chargeText } from '../budget.ts'
import { defined, type Item } from '../undefined.ts'
import type { ValueMap } from '../values.ts'
import { isList } from './types.ts'

/** `str(value)`: strings as they are, the rest as Python prints it. */
export function toText(item: Item): string {
  const value = defined(item)
  return typeof value === 'string' ? value : repr(value)
}

/** `repr(value)`: how Python prints a value within a list. */
export function repr(item: Item): string {
  const value = defined(item)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return quoted(value)
  if (isList(value)) return joined('[', value.map(repr), ']')
  const map = value as ValueMap
  return joined(
    '{',
    Object.keys(map).map((key) => `${quoted(key)}: ${repr(map[key] as Item)}`),
    '}',
  )
}

function joined(open: string, parts: readonly string[], close: string): string {
  chargeText(parts.reduce((length, part) => length + part.length + 2, 2))
  return open + parts.join(', ') + close
}

/** Exponents as Python writes them: `1e+21`, `1e-07`. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '0'
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** A text for an error message: the first 60 characters will do. */
export function quoteShort(text: string): string {
  return text.length <= 60 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 60))}...`
}

const ESCAPES: { readonly [char: string]: string } = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const pattern = /[\\'\p{Cc}]/gu
  const body = text.replace(pattern, (char) => {
    if (char === "'") return quote === "'" ? "\\'" : char
    return ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return quote + body + quote
}

const SURROGATE = /[\ud800-\udfff]/

/** Whether UTF-16 units are characters as Python counts them, which are code points. */
export function isPlain(text: string): boolean {
  return !SURROGATE.test(text)
}

export function textLength(text: string): number {
  return isPlain(text) ? text.length : characters(text).length
}

/** The characters, each a text of its own. */
export function characters(text: string): readonly string[] {
  chargeList(text.length)
  return isPlain(text) ? text.split('') : [...text]
}
