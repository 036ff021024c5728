import type { Given, Parameters } from './parameters.ts'
import type { Item } from './undefined.ts'
import type { Value } from './values.ts'

/** What filters such as `map` and `select` need of the evaluator. */
export interface Calls {
  filter(name: string, input: Item, given: Given): Item
  test(name: string, input: Item, given: Given): boolean
}

/** Arguments by position as `parameters` names them, everything as it was given, and the way back into the evaluator. */
export interface Call {
  readonly args: readonly (Value | undefined)[]
  readonly given: Given
  readonly calls: Calls
}

export interface Filter extends Parameters {
  readonly lenient?: undefined
  run(input: Value, call: Call): Item
}

/** A filter that may be asked about what is undefined: `default`, `mandatory`. */
export interface LenientFilter extends Parameters {
  readonly lenient: true
  run(input: Item, call: Omit<Call, 'args'> & { readonly args: readonly (Item | undefined)[] }): Item
}

export interface Test extends Parameters {
  readonly lenient?: undefined
  run(input: Value, call: Call): boolean
}

interface LenientTest extends Parameters {
  readonly lenient: true
  run(input: Item, call: Call): boolean
}

export type FilterTable = { readonly [name: string]: Filter | LenientFilter }
export type TestTable = { readonly [name: string]: Test | LenientTest }
