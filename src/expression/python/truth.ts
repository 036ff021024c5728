import { EvaluationError } from '../errors.ts'
import { defined, type Item } from '../undefined.ts'

/** Python's truth: empty and zero are false, any other text, list or mapping is true. */
export function truth(item: Item): boolean {
  const value = defined(item)
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0
  }
  return Boolean(value)
}

const LOOKS_FALSE = /^(false|no|off)$/i

/**
 * Truth where something is decided (`when`, `not`, `and`, `or`, `if`). Python's, except that the strings "false", "no" and "off",
 * which Ansible silently counts as true, are an error: nobody means that.
 */
export function decide(item: Item): boolean {
  const value = defined(item)
  if (typeof value === 'string' && LOOKS_FALSE.test(value)) {
    throw new EvaluationError(
      `the string "${value}" as a condition would count as true`,
      'write `| bool` to read it as a boolean, or compare it with `==`',
    )
  }
  return truth(value)
}
