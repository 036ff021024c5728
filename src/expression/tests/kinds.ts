import type { TestTable } from '../callable.ts'
import { asNumber } from '../python/compare.ts'
import { isList, isMap } from '../python/types.ts'
import { Undefined } from '../undefined.ts'
import type { Value } from '../values.ts'

const isText = (value: Value) => typeof value === 'string'

/** What a value is. Whole numbers are integers: `1.0` can't be told from `1`. */
export const kinds: TestTable = {
  defined: { lenient: true, run: (input) => !(input instanceof Undefined) },
  undefined: { lenient: true, run: (input) => input instanceof Undefined },
  none: { run: (value) => value === null },
  boolean: { run: (value) => typeof value === 'boolean' },
  true: { run: (value) => value === true },
  false: { run: (value) => value === false },
  string: { run: isText },
  number: { run: (value) => asNumber(value) !== undefined },
  integer: { run: (value) => typeof value === 'number' && Number.isInteger(value) },
  float: { run: (value) => typeof value === 'number' && !Number.isInteger(value) },
  mapping: { run: (value) => isMap(value) },
  sequence: { run: (value) => isText(value) || isList(value) || isMap(value) },
  iterable: { run: (value) => isText(value) || isList(value) || isMap(value) },
}
