import { elements, list } from '../arguments.ts'
import { chargeList } from '../budget.ts'
import type { FilterTable } from '../callable.ts'
import { toText } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { emptyMap, isMap } from '../python/types.ts'
import { defined, type Item } from '../undefined.ts'
import type { Value } from '../values.ts'
import { identity, keyOf, sorted } from './order.ts'

/** Lists as sets: the order of first appearance is kept. */
export const sets: FilterTable = {
  unique: {
    parameters: ['case_sensitive', 'attribute'],
    run(input, { args: [caseSensitive = false, attribute] }) {
      return distinct(elements(input), keyOf({ attribute, caseSensitive: truth(caseSensitive ?? false) }))
    },
  },
  union: {
    parameters: ['other'],
    required: 1,
    run: (input, { args: [other] }) => distinct([...list(input), ...list(other, 'the argument')]),
  },
  intersect: {
    parameters: ['other'],
    required: 1,
    run(input, { args: [other] }) {
      const theirs = identities(other)
      return distinct(list(input)).filter((item) => theirs.has(identity(item)))
    },
  },
  difference: {
    parameters: ['other'],
    required: 1,
    run(input, { args: [other] }) {
      const theirs = identities(other)
      return distinct(list(input)).filter((item) => !theirs.has(identity(item)))
    },
  },
  symmetric_difference: {
    parameters: ['other'],
    required: 1,
    run(input, { args: [other] }) {
      const ours = identities(input)
      const theirs = identities(other)
      const both = distinct([...list(input), ...list(other, 'the argument')])
      return both.filter((item) => ours.has(identity(item)) !== theirs.has(identity(item)))
    },
  },
  groupby: {
    parameters: ['attribute', 'case_sensitive'],
    required: 1,
    run(input, { args: [attribute, caseSensitive = false] }) {
      const ordering = { attribute, caseSensitive: truth(caseSensitive) }
      const exact = keyOf({ attribute, caseSensitive: true })
      const groups = emptyMap<{ label: Item; items: Item[] }>()
      const key = keyOf(ordering)
      for (const item of sorted(elements(input), ordering)) {
        const id = identity(key(item))
        groups[id] ??= { label: exact(item), items: [] }
        groups[id].items.push(item)
      }
      return Object.values(groups).map(({ label, items }) => [label, items])
    },
  },
  rekey_on_member: {
    parameters: ['key'],
    required: 1,
    run(input, { args: [key] }) {
      const result = emptyMap<Value>()
      const member = keyOf({ attribute: key, caseSensitive: true })
      for (const item of isMap(input) ? Object.values(input) : list(input)) result[toText(member(item))] = defined(item)
      return result
    },
  },
}

function identities(items: Item | undefined): ReadonlySet<string> {
  return new Set(list(items, 'the argument').map(identity))
}

function distinct(items: readonly Item[], key: (item: Item) => Item = (item) => item): Item[] {
  chargeList(items.length)
  const seen = new Set<string>()
  return items.filter((item) => {
    const id = identity(key(item))
    const isNew = !seen.has(id)
    seen.add(id)
    return isNew
  })
}
