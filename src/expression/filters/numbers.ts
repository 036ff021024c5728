import { integer, number, oneOf } from '../arguments.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { calculate } from '../python/arithmetic.ts'
import { readFloat, readInteger } from '../python/numbers.ts'
import { quoteShort } from '../python/text.ts'
import { kindOf } from '../python/types.ts'
import type { Value } from '../values.ts'

/** Numbers, and texts that mean numbers. A text that is no number is an error, unless a default is given. */
export const numbers: FilterTable = {
  int: {
    parameters: ['default', 'base'],
    run: (input, { args: [otherwise, base] }) => toInteger(input, otherwise, integer(base, 'base', 10)),
  },
  float: {
    parameters: ['default'],
    run: (input, { args: [otherwise] }) => toFloat(input) ?? orDefault(input, otherwise, 'number'),
  },
  abs: { run: (input) => Math.abs(number(input)) },
  round: {
    parameters: ['precision', 'method'],
    run: (input, { args: [precision, method = 'common'] }) =>
      round(number(input), integer(precision, 'precision', 0), oneOf(method, 'method', ['common', 'ceil', 'floor'])),
  },
  pow: {
    parameters: ['power'],
    required: 1,
    run: (input, { args: [power] }) => calculate('**', number(input), number(power, 'power')),
  },
  root: {
    parameters: ['base'],
    run: (input, { args: [base] }) => calculate('**', number(input), 1 / number(base ?? 2, 'base')),
  },
  log: {
    parameters: ['base'],
    run(input, { args: [base] }) {
      const value = number(input)
      if (value <= 0) throw new EvaluationError('the logarithm of a number that is not positive')
      if (base === undefined) return Math.log(value)
      return base === 10 ? Math.log10(value) : Math.log(value) / Math.log(number(base, 'base'))
    },
  },
}

function toInteger(input: Value, otherwise: Value | undefined, base: number): Value {
  if (base < 2 || base > 36) throw new EvaluationError('base must be from 2 to 36')
  if (typeof input === 'boolean') return Number(input)
  if (typeof input === 'number') return Math.trunc(input)
  if (typeof input === 'string') {
    const whole = readInteger(input, base)
    if (whole !== undefined) return whole
    const fraction = base === 10 ? readFloat(input) : undefined
    if (fraction !== undefined) return Math.trunc(fraction)
  }
  return orDefault(input, otherwise, 'integer')
}

function toFloat(input: Value): number | undefined {
  if (typeof input === 'boolean') return Number(input)
  if (typeof input === 'number') return input
  return typeof input === 'string' ? readFloat(input) : undefined
}

function orDefault(input: Value, otherwise: Value | undefined, wanted: string): Value {
  if (otherwise !== undefined) return otherwise
  const shown = typeof input === 'string' ? quoteShort(input) : kindOf(input)
  throw new EvaluationError(
    `${shown} is not ${wanted === 'integer' ? 'an integer' : 'a number'}`,
    `give a default: \`| ${wanted === 'integer' ? 'int' : 'float'}(0)\``,
  )
}

/** `common` rounds halves to even, as Python does. */
function round(value: number, precision: number, method: 'common' | 'ceil' | 'floor'): number {
  const factor = 10 ** precision
  const scaled = value * factor
  if (!Number.isFinite(scaled)) throw new EvaluationError('the number is too large to be rounded there')
  if (method === 'ceil') return Math.ceil(scaled) / factor
  if (method === 'floor') return Math.floor(scaled) / factor
  const below = Math.floor(scaled)
  const tie = scaled - below === 0.5
  return (tie ? below + (below % 2 === 0 ? 0 : 1) : Math.round(scaled)) / factor
}
