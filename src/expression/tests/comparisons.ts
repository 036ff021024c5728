import { elements, integer, list, number, text } from '../arguments.ts'
import type { Comparison } from '../ast.ts'
import type { Test, TestTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { calculate } from '../python/arithmetic.ts'
import { compare, contains } from '../python/compare.ts'
import { truth } from '../python/truth.ts'
import type { Item } from '../undefined.ts'

function comparing(operator: Comparison): Test {
  return {
    parameters: ['other'],
    required: 1,
    run: (value, { args: [other = null] }) => compare(operator, value, other),
  }
}

function spread(names: readonly string[], test: Test): TestTable {
  return Object.fromEntries(names.map((name) => [name, test]))
}

const subset = (small: readonly Item[], large: readonly Item[]) => small.every((item) => contains(large, item))

/** How a value relates to another. */
export const comparisons: TestTable = {
  ...spread(['eq', 'equalto', 'sameas'], comparing('==')),
  ...spread(['ne'], comparing('!=')),
  ...spread(['lt', 'lessthan'], comparing('<')),
  ...spread(['le'], comparing('<=')),
  ...spread(['gt', 'greaterthan'], comparing('>')),
  ...spread(['ge'], comparing('>=')),
  in: comparing('in'),
  contains: { parameters: ['item'], required: 1, run: (value, { args: [item = null] }) => contains(value, item) },
  even: { run: (value) => calculate('%', number(value), 2) === 0 },
  odd: { run: (value) => calculate('%', number(value), 2) === 1 },
  divisibleby: {
    parameters: ['num'],
    required: 1,
    run(value, { args: [divisor] }) {
      const by = integer(divisor, 'the divisor')
      if (by === 0) throw new EvaluationError('division by zero')
      return calculate('%', number(value), by) === 0
    },
  },
  ...spread(['subset', 'issubset'], {
    parameters: ['other'],
    required: 1,
    run: (value, { args: [other] }) => subset(list(value), list(other)),
  }),
  ...spread(['superset', 'issuperset'], {
    parameters: ['other'],
    required: 1,
    run: (value, { args: [other] }) => subset(list(other), list(value)),
  }),
  all: { run: (value) => elements(value).every(truth) },
  any: { run: (value) => elements(value).some(truth) },
  lower: { run: (value) => text(value) === text(value).toLowerCase() && /\p{L}/u.test(text(value)) },
  upper: { run: (value) => text(value) === text(value).toUpperCase() && /\p{L}/u.test(text(value)) },
  abs: { run: (value) => text(value).startsWith('/') },
}
