import type { FilterTable, LenientFilter } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { readBoolean } from '../python/numbers.ts'
import { toText } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { typeName } from '../python/types.ts'
import { Undefined } from '../undefined.ts'

const fallback: LenientFilter = {
  lenient: true,
  parameters: ['default_value', 'boolean'],
  run(input, { args: [value = '', boolean = false] }) {
    const missing = input instanceof Undefined || (truth(boolean) && !truth(input))
    return missing ? value : input
  },
}

/** What to do about things that are missing or not of the wanted type. */
export const defaults: FilterTable = {
  default: fallback,
  d: fallback,
  mandatory: {
    lenient: true,
    parameters: ['msg'],
    run(input, { args: [message] }) {
      if (!(input instanceof Undefined)) return input
      if (message === undefined || message === null) throw input.error()
      throw new EvaluationError(toText(message))
    },
  },
  ternary: {
    parameters: ['true_val', 'false_val', 'none_val'],
    required: 2,
    run(input, { args: [yes = null, no = null, none] }) {
      if (input === null && none !== undefined && none !== null) return none
      return truth(input) ? yes : no
    },
  },
  bool: { run: (input) => readBoolean(input) },
  type_debug: { run: (input) => typeName(input) },
}
