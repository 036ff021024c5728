import { elements, integer, text } from '../arguments.ts'
import { attributeOf } from '../attribute-path.ts'
import { chargeList, chargeText } from '../budget.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { formatPercent } from '../python/percent-format.ts'
import { characters, toText } from '../python/text.ts'
import { truth } from '../python/truth.ts'

/** Text to text. Like Jinja's, they take any value and read it as text first. */
export const texts: FilterTable = {
  string: { run: (input) => toText(input) },
  lower: { run: (input) => toText(input).toLowerCase() },
  upper: { run: (input) => toText(input).toUpperCase() },
  capitalize: { run: (input) => capitalize(toText(input)) },
  title: { run: (input) => toText(input).replace(/[^-\s({[<]+/g, capitalize) },
  trim: {
    parameters: ['chars'],
    run: (input, { args: [chars] }) =>
      strip(toText(input), chars === undefined || chars === null ? undefined : text(chars, 'chars')),
  },
  replace: {
    parameters: ['old', 'new', 'count'],
    required: 2,
    run: (input, { args: [old, replacement, count] }) =>
      replaceText(
        toText(input),
        toText(old ?? ''),
        toText(replacement ?? ''),
        count === null ? -1 : integer(count, 'count', -1),
      ),
  },
  join: {
    parameters: ['d', 'attribute'],
    run(input, { args: [separator = '', attribute] }) {
      const items =
        attribute === undefined || attribute === null ? elements(input) : elements(input).map(attributeOf(attribute))
      return joinText(items.map(toText), toText(separator))
    },
  },
  split: {
    parameters: ['separator', 'maxsplit'],
    run: (input, { args: [separator = null, limit] }) =>
      splitText(
        text(input),
        separator === null ? undefined : text(separator, 'the separator'),
        integer(limit, 'maxsplit', -1),
      ),
  },
  splitlines: {
    run: (input) =>
      toText(input)
        .replace(/\r?\n$/, '')
        .split(/\r?\n/),
  },
  indent: {
    parameters: ['width', 'first', 'blank'],
    run(input, { args: [width = 4, first = false, blank = false] }) {
      const prefix = typeof width === 'string' ? width : repeated(' ', integer(width, 'width'))
      const [head = '', ...rest] = toText(input).split('\n')
      const lines = rest.map((line) => (line !== '' || truth(blank) ? prefix + line : line))
      return joinText([(truth(first) ? prefix : '') + head, ...lines], '\n')
    },
  },
  format: { parameters: ['*values'], run: (input, { given }) => formatPercent(text(input), given.positional) },
  wordcount: { run: (input) => (toText(input).match(/[\p{L}\p{N}_]+/gu) ?? []).length },
  center: {
    parameters: ['width'],
    run(input, { args: [width] }) {
      const value = toText(input)
      const missing = Math.max(0, integer(width, 'width', 80) - characters(value).length)
      const left = Math.floor(missing / 2)
      return repeated(' ', left) + value + repeated(' ', missing - left)
    },
  },
  comment: {
    run: (input) =>
      toText(input)
        .split('\n')
        .map((line) => (line === '' ? '#' : `# ${line}`))
        .join('\n'),
  },
}

function repeated(part: string, count: number): string {
  chargeText(part.length * Math.max(0, count))
  return part.repeat(Math.max(0, count))
}

export function capitalize(value: string): string {
  const [first = '', ...rest] = characters(value)
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** Joins within the budget. */
export function joinText(parts: readonly string[], separator: string): string {
  chargeText(parts.reduce((length, part) => length + part.length + separator.length, 0))
  return parts.join(separator)
}

/** Python's `strip`: white space, or any of `chars`, at both ends or one. */
export function strip(value: string, chars?: string, side: 'both' | 'left' | 'right' = 'both'): string {
  const set = chars === undefined ? undefined : new Set(chars)
  const drop = (char: string | undefined) => char !== undefined && (set ? set.has(char) : /\s/.test(char))
  let start = 0
  let end = value.length
  if (side !== 'right') while (start < end && drop(value[start])) start++
  if (side !== 'left') while (end > start && drop(value[end - 1])) end--
  return value.slice(start, end)
}

export function replaceText(value: string, old: string, replacement: string, count: number): string {
  const limit = count < 0 ? Number.POSITIVE_INFINITY : count
  const parts = old === '' ? ['', ...characters(value), ''] : value.split(old)
  const replaced = Math.min(limit, parts.length - 1)
  chargeText(value.length + replaced * replacement.length)
  let result = parts[0] ?? ''
  for (let i = 1; i < parts.length; i++) result += (i <= replaced ? replacement : old) + parts[i]
  return result
}

/** Python's `split`: at runs of white space, or at each separator. */
export function splitText(value: string, separator: string | undefined, limit: number): string[] {
  chargeList(value.length)
  if (separator === '') throw new EvaluationError('the separator is empty', 'use `| list` for the characters')
  const pattern = separator === undefined ? /\s+/g : separator
  const source = separator === undefined ? value.trim() : value
  if (separator === undefined && source === '') return []
  if (limit < 0) return source.split(pattern)
  const parts: string[] = []
  let rest = source
  while (parts.length < limit) {
    const match = separator === undefined ? /\s+/.exec(rest) : null
    const at = separator === undefined ? (match?.index ?? -1) : rest.indexOf(separator)
    if (at < 0) break
    parts.push(rest.slice(0, at))
    rest = rest.slice(at + (match?.[0].length ?? separator?.length ?? 0))
  }
  return [...parts, rest]
}
