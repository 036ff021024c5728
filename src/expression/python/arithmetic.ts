import type { BinaryOperator } from '../ast.ts'
import { chargeList, chargeText } from '../budget.ts'
import { EvaluationError } from '../errors.ts'
import { defined, type Item } from '../undefined.ts'
import { asNumber } from './compare.ts'
import { formatPercent } from './percent-format.ts'
import { toText } from './text.ts'
import { isList, kindOf } from './types.ts'

/** Python's arithmetic, `~` for text, `+` and `*` also for lists and strings. */
export function calculate(operator: BinaryOperator, left: Item, right: Item): Item {
  if (operator === '~') {
    const [a, b] = [toText(left), toText(right)]
    chargeText(a.length + b.length)
    return a + b
  }
  const a = defined(left)
  const b = defined(right)
  const x = asNumber(a)
  const y = asNumber(b)
  if (x !== undefined && y !== undefined) return numeric(operator, x, y)
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') {
    chargeText(a.length + b.length)
    return a + b
  }
  if (operator === '+' && isList(a) && isList(b)) {
    chargeList(a.length + b.length)
    return [...a, ...b]
  }
  if (operator === '%' && typeof a === 'string') return formatPercent(a, isList(b) ? b : [b])
  if (operator === '*') {
    if (y !== undefined && (typeof a === 'string' || isList(a))) return repeat(a, y)
    if (x !== undefined && (typeof b === 'string' || isList(b))) return repeat(b, x)
  }
  throw new EvaluationError(`"${operator}" can't take ${kindOf(a)} and ${kindOf(b)}`, hint(operator, a, b))
}

function hint(operator: BinaryOperator, a: Item, b: Item): string | undefined {
  if (typeof a === 'string' || typeof b === 'string') {
    return operator === '+' ? 'join texts with `~`, or convert with `| int`' : 'convert with `| int` or `| float`'
  }
  return undefined
}

function numeric(operator: BinaryOperator, x: number, y: number): number {
  if ((operator === '/' || operator === '//' || operator === '%') && y === 0)
    throw new EvaluationError('division by zero')
  const result = raw(operator, x, y)
  if (!Number.isFinite(result) || (Number.isInteger(result) && !Number.isSafeInteger(result))) {
    throw new EvaluationError('the result is too large to be exact')
  }
  return result
}

function raw(operator: BinaryOperator, x: number, y: number): number {
  switch (operator) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case '/':
      return x / y
    case '//':
      return Math.round((x - modulo(x, y)) / y)
    case '%':
      return modulo(x, y)
    default:
      return x ** y
  }
}

/** With the sign of the divisor, as in Python. */
function modulo(x: number, y: number): number {
  const rest = x % y
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest
}

function repeat(what: string | readonly Item[], times: number): Item {
  if (!Number.isInteger(times)) throw new EvaluationError('can be repeated by an integer only')
  const count = Math.max(0, times)
  if (typeof what === 'string') {
    chargeText(what.length * count)
    return what.repeat(count)
  }
  chargeList(what.length * count)
  return Array.from({ length: count }, () => what).flat(1) as Item
}
