import { integer, text } from '../arguments.ts'
import { charge, chargeText } from '../budget.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { numberText } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { isList } from '../python/types.ts'
import { defined, type Item } from '../undefined.ts'
import type { Value, ValueMap } from '../values.ts'

interface Layout {
  readonly indent: number
  readonly sortKeys: boolean
  readonly ascii: boolean
}

/** JSON as Python's `json.dumps` writes it. */
export const json: FilterTable = {
  to_json: {
    parameters: ['indent', 'sort_keys', 'ensure_ascii'],
    run: (input, { args: [indent = null, sortKeys = false, ascii = true] }) =>
      dump(
        input,
        { indent: indent === null ? 0 : integer(indent, 'indent'), sortKeys: truth(sortKeys), ascii: truth(ascii) },
        0,
      ),
  },
  to_nice_json: {
    parameters: ['indent', 'sort_keys', 'ensure_ascii'],
    run: (input, { args: [indent, sortKeys = true, ascii = true] }) =>
      dump(input, { indent: integer(indent, 'indent', 4), sortKeys: truth(sortKeys), ascii: truth(ascii) }, 0),
  },
  from_json: {
    run(input) {
      const source = text(input)
      charge(Math.ceil(source.length / 16))
      try {
        return JSON.parse(source) as Value
      } catch (error) {
        throw new EvaluationError(`not valid JSON: ${(error as Error).message.replace(/[\r\n]+/g, ' ').slice(0, 200)}`)
      }
    },
  },
}

function dump(item: Item, layout: Layout, depth: number): string {
  charge()
  const value = defined(item)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return quoted(value, layout.ascii)
  if (isList(value))
    return wrap(
      '[',
      value.map((element) => dump(element, layout, depth + 1)),
      ']',
      layout,
      depth,
    )
  const names = Object.keys(value)
  if (layout.sortKeys) names.sort()
  const entries = names.map(
    (name) => `${quoted(name, layout.ascii)}: ${dump((value as ValueMap)[name] as Item, layout, depth + 1)}`,
  )
  return wrap('{', entries, '}', layout, depth)
}

function wrap(open: string, parts: readonly string[], close: string, { indent }: Layout, depth: number): string {
  const inner = indent * (depth + 1)
  chargeText(parts.reduce((length, part) => length + part.length + inner + 2, 2))
  if (parts.length === 0 || indent === 0) return open + parts.join(', ') + close
  const line = `\n${' '.repeat(inner)}`
  return `${open}${line}${parts.join(`,${line}`)}\n${' '.repeat(indent * depth)}${close}`
}

function quoted(value: string, ascii: boolean): string {
  const plain = JSON.stringify(value)
  return ascii
    ? plain.replace(/[\u007f-\uffff]/g, (char) =>
        char === '\x7f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : plain
}
