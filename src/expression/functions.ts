import { integer } from './arguments.ts'
import { chargeList } from './budget.ts'
import { EvaluationError } from './errors.ts'
import type { Given, Parameters } from './parameters.ts'
import { emptyMap } from './python/types.ts'
import { SyntaxFault } from './syntax-error.ts'
import { defined, type Item } from './undefined.ts'
import type { Value } from './values.ts'

interface GlobalFunction extends Parameters {
  run(args: readonly (Value | undefined)[], given: Given): Item
}

/** The closed table of functions. */
export const FUNCTIONS: ReadonlyMap<string, GlobalFunction> = new Map<string, GlobalFunction>([
  [
    'range',
    { parameters: ['start', 'stop', 'step'], required: 1, run: ([start, stop, step]) => range(start, stop, step) },
  ],
  ['dict', { parameters: ['**'], run: (_, given) => dict(given) }],
])

function range(start: Value | undefined, stop: Value | undefined, step: Value | undefined): number[] {
  const from = stop === undefined ? 0 : integer(start, 'start')
  const to = integer(stop ?? start, 'stop')
  const stride = integer(step, 'step', 1)
  if (stride === 0) throw new EvaluationError('the step of a range is zero')
  const length = Math.max(0, Math.ceil((to - from) / stride))
  chargeList(length)
  return Array.from({ length }, (_, i) => from + i * stride)
}

function dict(given: Given): Item {
  const result = emptyMap()
  for (const [name, value] of given.named) result[name] = defined(value)
  return result
}

const LOOKUPS = new Set(['lookup', 'query', 'q'])

export function unknownFunction(name: string, start: number, end: number): SyntaxFault {
  const hint = LOOKUPS.has(name)
    ? 'put the value into a variable: vars_files, -e, or the inventory'
    : 'functions: range, dict'
  return new SyntaxFault(
    LOOKUPS.has(name) ? `${name}() is not supported` : `unknown function "${name}"`,
    start,
    end,
    hint,
  )
}
