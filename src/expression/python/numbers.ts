import { EvaluationError } from '../errors.ts'
import type { Value } from '../values.ts'
import { quoteShort } from './text.ts'
import { kindOf } from './types.ts'

const TRUE = new Set(['true', 'yes', 'on', '1', 'y', 't'])
const FALSE = new Set(['false', 'no', 'off', '0', 'n', 'f', ''])

/** The `bool` filter. A text that is neither is an error, where Ansible silently says false. */
export function readBoolean(value: Value): boolean | null {
  if (value === null || typeof value === 'boolean') return value
  if (value === 1 || value === 0) return value === 1
  if (typeof value === 'string') {
    const word = value.trim().toLowerCase()
    if (TRUE.has(word)) return true
    if (FALSE.has(word)) return false
    throw new EvaluationError(`${quoteShort(value)} is not a boolean`, 'expected true, yes, on, 1 or false, no, off, 0')
  }
  throw new EvaluationError(`${typeof value === 'number' ? value : kindOf(value)} is not a boolean`)
}

/** Python's `int(text, base)`, or undefined. Underscores and surrounding space are allowed. */
export function readInteger(text: string, base: number): number | undefined {
  const match = /^\s*([+-]?)(0[xX]|0[oO]|0[bB])?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)\s*$/.exec(text)
  if (!match) return undefined
  const [, sign, prefix, body] = match
  const prefixBase = prefix ? { x: 16, o: 8, b: 2 }[(prefix[1] as string).toLowerCase()] : undefined
  const digits = (prefix && prefixBase !== base ? prefix + body : (body as string)).replaceAll('_', '').toLowerCase()
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base)
  if ([...digits].some((digit) => !allowed.includes(digit))) return undefined
  const size = Number.parseInt(digits, base)
  if (!Number.isSafeInteger(size)) throw new EvaluationError(`${quoteShort(text.trim())} is too large to be exact`)
  return sign === '-' && size !== 0 ? -size : size
}

/** Python's `float(text)` without inf and nan, or undefined. */
export function readFloat(text: string): number | undefined {
  const trimmed = text.trim()
  if (!/^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/.test(trimmed)) return undefined
  const value = Number(trimmed.replaceAll('_', ''))
  return Number.isFinite(value) ? value : undefined
}
