import type { TestTable } from '../callable.ts'
import { comparisons } from './comparisons.ts'
import { kinds } from './kinds.ts'
import { regexTests } from './regex.ts'
import { results } from './results.ts'
import { version } from './version.ts'

const tables: readonly TestTable[] = [comparisons, kinds, regexTests, results, { version, version_compare: version }]
const symbols: ReadonlyMap<string, string> = new Map([
  ['==', 'eq'],
  ['!=', 'ne'],
  ['<', 'lt'],
  ['<=', 'le'],
  ['>', 'gt'],
  ['>=', 'ge'],
])
const byName = new Map(tables.flatMap((table) => Object.entries(table)))

/** The closed table of tests. `selectattr('a', '==', 1)` may name them by symbol. */
export const TESTS: ReadonlyMap<string, TestTable[string]> = new Map([
  ...byName,
  ...[...symbols].map(([symbol, name]) => [symbol, byName.get(name) as TestTable[string]] as const),
])
