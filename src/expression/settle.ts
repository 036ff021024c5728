import { charge } from './budget.ts'
import { defined, type Item, Undefined } from './undefined.ts'
import type { Value, ValueMap } from './values.ts'

/** The finished value: nothing undefined is left anywhere within. Its size counts against the budget. */
export function settle(item: Item): Value {
  const value = defined(item)
  if (typeof value === 'object' && value !== null) visit(value)
  return value
}

function visit(value: readonly Item[] | ValueMap): void {
  charge()
  for (const element of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof element !== 'object' || element === null) continue
    if (element instanceof Undefined) throw element.error()
    visit(element)
  }
}
