import { charge } from './budget.ts'
import type { Call, Calls } from './callable.ts'
import { EvaluationError } from './errors.ts'
import { FILTERS } from './filters/index.ts'
import { bind, type Given } from './parameters.ts'
import { TESTS } from './tests/index.ts'
import { defined, type Item } from './undefined.ts'

const calls: Calls = { filter: applyFilter, test: applyTest }

export function applyFilter(name: string, input: Item, given: Given): Item {
  const filter = FILTERS.get(name)
  if (!filter) throw new EvaluationError(`unknown filter "${name}"`)
  charge(Array.isArray(input) ? 1 + input.length : 1)
  const args = bind(`filter "${name}"`, filter, given)
  if (filter.lenient) return filter.run(input, { args, given, calls })
  return filter.run(defined(input), { args: values(args), given, calls })
}

export function applyTest(name: string, input: Item, given: Given): boolean {
  const test = TESTS.get(name)
  if (!test) throw new EvaluationError(`unknown test "${name}"`)
  charge()
  const call: Call = { args: values(bind(`test "${name}"`, test, given)), given, calls }
  return test.lenient ? test.run(input, call) : test.run(defined(input), call)
}

function values(args: readonly (Item | undefined)[]): Call['args'] {
  return args.map((item) => (item === undefined ? undefined : defined(item)))
}
