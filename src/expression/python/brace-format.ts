import { chargeText } from '../budget.ts'
import { EvaluationError } from '../errors.ts'
import { defined, type Item } from '../undefined.ts'
import { asNumber } from './compare.ts'
import { toText } from './text.ts'

const FIELD = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g
const SPEC = /^(?:(.)?([<>^]))?(0)?(\d{1,4})?(?:\.(\d{1,2}))?([sdfxXob])?$/u

/** `'{}: {name:>8}'.format(...)`, with fill, width, precision and the types s d f x X o b. No attribute or index access in a field. */
export function formatBraces(pattern: string, positional: readonly Item[], named: ReadonlyMap<string, Item>): string {
  let next = 0
  const text = pattern.replace(FIELD, (whole, field?: string) => {
    if (whole === '{{') return '{'
    if (whole === '}}') return '}'
    if (field === undefined) throw new EvaluationError(`format has a single "${whole}"`, `double it to print it`)
    const colon = field.indexOf(':')
    const name = colon < 0 ? field : field.slice(0, colon)
    if (!/^\w*$/.test(name))
      throw new EvaluationError(`format field "${name}" is not supported: only names and numbers are`)
    const value = /^\d*$/.test(name) ? positional[name === '' ? next++ : Number(name)] : named.get(name)
    if (value === undefined) throw new EvaluationError(`format has no value for "${whole}"`)
    return colon < 0 ? toText(value) : formatField(value, field.slice(colon + 1))
  })
  chargeText(text.length)
  return text
}

function formatField(item: Item, spec: string): string {
  const match = SPEC.exec(spec)
  if (!match) throw new EvaluationError(`format "${spec}" is not supported`)
  const [, fill, align, zero, width, precision, type] = match
  const value = defined(item)
  const text = convert(value, precision === undefined ? undefined : Number(precision), type)
  const size = Number(width ?? 0)
  const filler = fill ?? (zero ? '0' : ' ')
  const side = align ?? (typeof value === 'number' ? '>' : '<')
  if (side === '^') {
    const left = Math.max(0, Math.floor((size - text.length) / 2))
    return text.padStart(text.length + left, filler).padEnd(size, filler)
  }
  return side === '<' ? text.padEnd(size, filler) : text.padStart(size, filler)
}

function convert(value: Item, precision: number | undefined, type: string | undefined): string {
  const number = asNumber(value)
  const radix = { d: 10, x: 16, X: 16, o: 8, b: 2 }[type ?? 's']
  if ((type === 'f' || radix) && number === undefined) throw new EvaluationError(`format "${type}" needs a number`)
  if (type === 'f' || (number !== undefined && precision !== undefined && type === undefined)) {
    return (number as number).toFixed(precision ?? 6)
  }
  if (radix) {
    const text = Math.trunc(number as number).toString(radix)
    return type === 'X' ? text.toUpperCase() : text
  }
  const text = toText(value)
  return precision === undefined ? text : text.slice(0, precision)
}
