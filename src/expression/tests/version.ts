import { oneOf } from '../arguments.ts'
import type { Test } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { toText } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { orderLoose, orderSemantic } from '../version-order.ts'

const OPERATORS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ...['==', '=', 'eq'].map((name) => [name, (order: number) => order === 0] as const),
  ...['!=', '<>', 'ne'].map((name) => [name, (order: number) => order !== 0] as const),
  ...['<', 'lt'].map((name) => [name, (order: number) => order < 0] as const),
  ...['<=', 'le'].map((name) => [name, (order: number) => order <= 0] as const),
  ...['>', 'gt'].map((name) => [name, (order: number) => order > 0] as const),
  ...['>=', 'ge'].map((name) => [name, (order: number) => order >= 0] as const),
])

/** `'8.10' is version('8.9', '>=')`. */
export const version: Test = {
  parameters: ['version', 'operator', 'strict', 'version_type'],
  required: 1,
  run(input, { args: [other = '', operator = '==', strict = null, type = null] }) {
    const holds = OPERATORS.get(toText(operator))
    if (!holds)
      throw new EvaluationError(
        `"${toText(operator)}" is no operator`,
        `expected one of: ${[...OPERATORS.keys()].join(', ')}`,
      )
    const kind = type === null ? 'loose' : oneOf(type, 'version_type', ['loose', 'semver', 'semantic'])
    if (strict !== null && truth(strict))
      throw new EvaluationError('strict=true is not supported', "use version_type='semver'")
    const [a, b] = [toText(input), toText(other)]
    if (a === '') throw new EvaluationError('the version is empty')
    return holds(kind === 'loose' ? orderLoose(a, b) : orderSemantic(a, b))
  },
}
