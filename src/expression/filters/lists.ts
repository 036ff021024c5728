import { elements, integer, list, oneOf, text } from '../arguments.ts'
import { attributeOf } from '../attribute-path.ts'
import { charge, chargeList } from '../budget.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { lookUp } from '../python/access.ts'
import { calculate } from '../python/arithmetic.ts'
import { characters, textLength } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { isList, isMap, kindOf } from '../python/types.ts'
import { defined, type Item, Undefined } from '../undefined.ts'
import { best, sorted } from './order.ts'

const size = {
  run(input: Item): Item {
    if (typeof input === 'string') return textLength(input)
    if (isList(input)) return input.length
    if (isMap(input)) return Object.keys(input).length
    throw new EvaluationError(`${kindOf(input)} has no length`)
  },
}

function end(items: readonly Item[], index: number): Item {
  return (
    items.at(index) ?? new Undefined(() => ({ message: 'the list is empty', hint: 'give a default: `| default(...)`' }))
  )
}

const ordering = ['reverse', 'case_sensitive', 'attribute']

/** Lists to lists and to single values. Mappings stand for their keys, texts for their characters. */
export const lists: FilterTable = {
  list: { run: (input) => elements(input) },
  length: size,
  count: size,
  first: { run: (input) => end(elements(input), 0) },
  last: { run: (input) => end(elements(input), -1) },
  reverse: {
    run: (input) =>
      typeof input === 'string' ? characters(input).toReversed().join('') : elements(input).toReversed(),
  },
  sort: {
    parameters: ordering,
    run: (input, { args: [reverse = false, caseSensitive = false, attribute] }) =>
      sorted(elements(input), { attribute, caseSensitive: truth(caseSensitive), reverse: truth(reverse) }),
  },
  min: {
    parameters: ['case_sensitive', 'attribute'],
    run: (input, { args: [caseSensitive = false, attribute] }) =>
      best(elements(input), -1, { attribute, caseSensitive: truth(caseSensitive) }),
  },
  max: {
    parameters: ['case_sensitive', 'attribute'],
    run: (input, { args: [caseSensitive = false, attribute] }) =>
      best(elements(input), 1, { attribute, caseSensitive: truth(caseSensitive) }),
  },
  sum: {
    parameters: ['attribute', 'start'],
    run(input, { args: [attribute, start = 0] }) {
      const items =
        attribute === undefined || attribute === null ? elements(input) : elements(input).map(attributeOf(attribute))
      return items.reduce((total: Item, item) => calculate('+', total, item), start)
    },
  },
  flatten: {
    parameters: ['levels', 'skip_nulls'],
    run: (input, { args: [levels = null, skipNulls = true] }) =>
      flatten(list(input), levels === null ? Number.POSITIVE_INFINITY : integer(levels, 'levels'), truth(skipNulls)),
  },
  zip: { parameters: ['*lists'], run: (input, { given }) => zip([input, ...given.positional], undefined) },
  zip_longest: {
    parameters: ['*lists', '**'],
    run(input, { given }) {
      for (const name of given.named.keys()) {
        if (name !== 'fillvalue')
          throw new EvaluationError(`filter "zip_longest" has no argument "${name}"`, 'it has: fillvalue')
      }
      return zip([input, ...given.positional], given.named.get('fillvalue') ?? null)
    },
  },
  batch: {
    parameters: ['linecount', 'fill_with'],
    required: 1,
    run: (input, { args: [count, fill] }) => batch(elements(input), integer(count, 'linecount'), fill),
  },
  product: {
    parameters: ['*lists'],
    run: (input, { given }) => [input, ...given.positional].reduce<readonly (readonly Item[])[]>(multiply, [[]]),
  },
  extract: {
    parameters: ['container', 'morekeys'],
    required: 1,
    run(input, { args: [container = null, more = null] }) {
      const keys: readonly Item[] = [input, ...(more === null ? [] : isList(more) ? more : [more])]
      return keys.reduce<Item>((value, key) => {
        if (value instanceof Undefined) return value
        const result = lookUp(value, key)
        return 'found' in result ? result.found : new Undefined(() => ({ message: result.missing, hint: result.hint }))
      }, container)
    },
  },
  subelements: {
    parameters: ['subelements', 'skip_missing'],
    required: 1,
    run(input, { args: [path = null, skipMissing = false] }) {
      const get = attributeOf(isList(path) ? path.map((step) => text(defined(step), 'a key')).join('.') : path)
      const items = isMap(input) ? Object.values(input) : list(input)
      return items.flatMap((item) => {
        const below = get(item)
        if (below instanceof Undefined && truth(skipMissing)) return []
        return list(defined(below), 'the sub-list').map((element) => [item, element])
      })
    },
  },
  dictsort: {
    parameters: ['case_sensitive', 'by', 'reverse'],
    run(input, { args: [caseSensitive = false, by = 'key', reverse = false] }) {
      const entries = isMap(input) ? Object.entries(input) : list(input)
      const attribute = oneOf(by, 'by', ['key', 'value']) === 'key' ? 0 : 1
      return sorted(entries, { attribute, caseSensitive: truth(caseSensitive), reverse: truth(reverse) })
    },
  },
}

function flatten(items: readonly Item[], levels: number, skipNulls: boolean, flat: Item[] = []): Item[] {
  for (const item of items) {
    charge()
    if (skipNulls && (item === null || item === 'None' || item === 'null')) continue
    if (isList(item) && levels >= 1) flatten(item, levels - 1, skipNulls, flat)
    else flat.push(item)
  }
  return flat
}

function zip(given: readonly Item[], fill: Item | undefined): Item[] {
  const columns = given.map((item) => elements(defined(item)))
  const lengths = columns.map((column) => column.length)
  const length = fill === undefined ? Math.min(...lengths) : Math.max(...lengths)
  chargeList(length * columns.length)
  return Array.from({ length }, (_, row) => columns.map((column) => column[row] ?? (fill as Item)))
}

function batch(items: readonly Item[], count: number, fill: Item | undefined): Item[] {
  if (count < 1) throw new EvaluationError('linecount must be at least 1')
  const rows: Item[][] = []
  for (let i = 0; i < items.length; i += count) rows.push(items.slice(i, i + count))
  const last = rows.at(-1)
  if (last && fill !== undefined && fill !== null) {
    chargeList(count)
    while (last.length < count) last.push(fill)
  }
  return rows
}

function multiply(rows: readonly (readonly Item[])[], column: Item): readonly (readonly Item[])[] {
  const items = elements(defined(column))
  chargeList(rows.length * items.length * ((rows[0]?.length ?? 0) + 1))
  return rows.flatMap((row) => items.map((item) => [...row, item]))
}
