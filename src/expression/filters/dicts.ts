import { list, map, oneOf, text } from '../arguments.ts'
import { charge } from '../budget.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { toText } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { emptyMap, isList, isMap, own } from '../python/types.ts'
import { defined, type Item } from '../undefined.ts'
import type { Value, ValueMap } from '../values.ts'
import { identity } from './order.ts'

const LIST_MERGES = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'] as const
type ListMerge = (typeof LIST_MERGES)[number]

/** Mappings. */
export const dicts: FilterTable = {
  combine: {
    parameters: ['*maps', '**'],
    run(input, { given }) {
      for (const name of given.named.keys()) {
        if (name !== 'recursive' && name !== 'list_merge') {
          throw new EvaluationError(`filter "combine" has no argument "${name}"`, 'it has: recursive, list_merge')
        }
      }
      const recursive = truth(given.named.get('recursive') ?? false)
      const listMerge = oneOf(defined(given.named.get('list_merge') ?? 'replace'), 'list_merge', LIST_MERGES)
      const maps = [input, ...given.positional].flatMap((item) => (isList(item) ? item : [item]))
      return maps
        .map((item) => map(defined(item), 'what is combined'))
        .reduce((a, b) => combine(a, b, recursive, listMerge), emptyMap())
    },
  },
  dict2items: {
    parameters: ['key_name', 'value_name'],
    run: (input, { args: [key = 'key', value = 'value'] }) =>
      Object.entries(map(input)).map(([name, item]) => {
        const entry = emptyMap()
        entry[text(key, 'key_name')] = name
        entry[text(value, 'value_name')] = item
        return entry
      }),
  },
  items2dict: {
    parameters: ['key_name', 'value_name'],
    run(input, { args: [key = 'key', value = 'value'] }) {
      const result = emptyMap()
      for (const item of list(input)) {
        const entry = map(defined(item), 'an element')
        result[toText(member(entry, text(key, 'key_name')))] = member(entry, text(value, 'value_name'))
      }
      return result
    },
  },
  items: { run: (input) => Object.entries(map(input)) },
}

function member(entry: ValueMap, name: string): Value {
  const value = own(entry, name)
  if (value === undefined) throw new EvaluationError(`an element has no key "${name}"`)
  return value
}

function combine(lower: ValueMap, upper: ValueMap, recursive: boolean, listMerge: ListMerge): ValueMap {
  const result = emptyMap()
  for (const name of Object.keys(lower)) result[name] = lower[name] as Value
  for (const name of Object.keys(upper)) {
    charge()
    const before = own(lower, name)
    const after = upper[name] as Value
    if (recursive && before !== undefined && isMap(before) && isMap(after))
      result[name] = combine(before, after, recursive, listMerge)
    else if (isList(before as Item) && isList(after))
      result[name] = mergeLists(before as readonly Value[], after as readonly Value[], listMerge)
    else result[name] = after
  }
  return result
}

/** `_rp`: what is in the newer list is removed from the older one first. */
function mergeLists(before: readonly Value[], after: readonly Value[], how: ListMerge): readonly Value[] {
  charge(before.length + after.length)
  if (how === 'replace') return after
  if (how === 'keep') return before
  const newer = new Set(how.endsWith('_rp') ? after.map(identity) : [])
  const older = before.filter((item) => !newer.has(identity(item)))
  return how.startsWith('append') ? [...older, ...after] : [...after, ...older]
}
