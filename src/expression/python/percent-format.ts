import { chargeText } from '../budget.ts'
import { EvaluationError } from '../errors.ts'
import type { Item } from '../undefined.ts'
import { asNumber } from './compare.ts'
import { repr, toText } from './text.ts'
import { kindOf } from './types.ts'

const DIRECTIVE = /%([-+0 #]*)(\d{1,4})?(?:\.(\d{1,2}))?([a-zA-Z%])/g

/** `'%s: %05d' % values`: the printf of Python with positional values. */
export function formatPercent(pattern: string, values: readonly Item[]): string {
  let next = 0
  const text = pattern.replace(DIRECTIVE, (whole, flags: string, width = '0', precision?: string, type?: string) => {
    if (type === '%') return '%'
    if (next >= values.length) throw new EvaluationError(`format has no value for "${whole}"`)
    const value = values[next++] as Item
    const digits = precision === undefined ? undefined : Number(precision)
    return pad(convert(type as string, value, digits, whole, flags), flags, Number(width), type !== 's' && type !== 'r')
  })
  if (next < values.length) throw new EvaluationError('format has more values than places')
  chargeText(text.length)
  return text
}

function convert(type: string, value: Item, digits: number | undefined, whole: string, flags: string): string {
  if (type === 's' || type === 'r') {
    const text = type === 's' ? toText(value) : repr(value)
    return digits === undefined ? text : text.slice(0, digits)
  }
  const number = asNumber(value)
  if (!/^[dixXofeE]$/.test(type)) throw new EvaluationError(`format "${whole}" is not supported`)
  if (number === undefined) throw new EvaluationError(`format "${whole}" needs a number, not ${kindOf(value)}`)
  const sign = number < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const size = Math.abs(number)
  if (type === 'f') return sign + size.toFixed(digits ?? 6)
  if (type === 'e' || type === 'E') {
    const text = size.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2')
    return sign + (type === 'E' ? text.toUpperCase() : text)
  }
  const radix = type === 'o' ? 8 : type === 'd' || type === 'i' ? 10 : 16
  const prefix = flags.includes('#') && radix !== 10 ? `0${type}` : ''
  const body = Math.trunc(size).toString(radix)
  return sign + prefix + (type === 'X' ? body.toUpperCase() : body)
}

function pad(text: string, flags: string, width: number, numeric: boolean): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || !numeric) return text.padStart(width)
  const sign = /^[-+ ]/.test(text) ? (text[0] as string) : ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}
