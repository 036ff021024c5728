import { integer, text } from './arguments.ts'
import { capitalize, joinText, replaceText, splitText, strip } from './filters/text.ts'
import type { Given, Parameters } from './parameters.ts'
import { iterate } from './python/access.ts'
import { formatBraces } from './python/brace-format.ts'
import { equals } from './python/compare.ts'
import { toText } from './python/text.ts'
import { emptyMap, isList, isMap, own } from './python/types.ts'
import { defined, type Item } from './undefined.ts'
import type { Value, ValueMap } from './values.ts'

export interface Method extends Parameters {
  run(receiver: Value, args: readonly (Value | undefined)[], given: Given): Item
}

type Methods<Receiver> = {
  readonly [name: string]: Parameters & {
    run(receiver: Receiver, args: readonly (Value | undefined)[], given: Given): Item
  }
}

const chars = (value: Value | undefined) => (value === undefined || value === null ? undefined : text(value, 'chars'))
const affixes = (value: Value | undefined) =>
  (isList(value as Item) ? (value as readonly Value[]) : [value ?? '']).map((part) => text(part, 'the argument'))
const stripping = (side: 'both' | 'left' | 'right') => ({
  parameters: ['chars'],
  run: (value: string, [set]: readonly (Value | undefined)[]) => strip(value, chars(set), side),
})

const ofText: Methods<string> = {
  split: {
    parameters: ['sep', 'maxsplit'],
    run: (value, [separator = null, limit]) =>
      splitText(value, separator === null ? undefined : text(separator, 'sep'), integer(limit, 'maxsplit', -1)),
  },
  splitlines: { run: (value) => value.replace(/\r?\n$/, '').split(/\r?\n/) },
  startswith: {
    parameters: ['prefix'],
    required: 1,
    run: (value, [prefix]) => affixes(prefix).some((part) => value.startsWith(part)),
  },
  endswith: {
    parameters: ['suffix'],
    required: 1,
    run: (value, [suffix]) => affixes(suffix).some((part) => value.endsWith(part)),
  },
  upper: { run: (value) => value.toUpperCase() },
  lower: { run: (value) => value.toLowerCase() },
  capitalize: { run: capitalize },
  title: { run: (value) => value.replace(/\p{L}+/gu, capitalize) },
  strip: stripping('both'),
  lstrip: stripping('left'),
  rstrip: stripping('right'),
  replace: {
    parameters: ['old', 'new', 'count'],
    required: 2,
    run: (value, [old, replacement, count]) =>
      replaceText(value, text(old, 'old'), text(replacement, 'new'), integer(count, 'count', -1)),
  },
  join: {
    parameters: ['items'],
    required: 1,
    run: (value, [items = null]) =>
      joinText(
        iterate(items).map((item) => text(defined(item), 'an element')),
        value,
      ),
  },
  format: {
    parameters: ['*values', '**'],
    run: (value, _, given) => formatBraces(value, given.positional, given.named),
  },
  find: { parameters: ['part'], required: 1, run: (value, [part]) => value.indexOf(text(part, 'part')) },
  count: {
    parameters: ['part'],
    required: 1,
    run: (value, [part]) => (part === '' ? value.length + 1 : value.split(text(part, 'part')).length - 1),
  },
  isdigit: { run: (value) => /^\p{Nd}+$/u.test(value) },
  zfill: {
    parameters: ['width'],
    required: 1,
    run(value, [width]) {
      const sign = /^[-+]/.test(value) ? (value[0] as string) : ''
      return sign + value.slice(sign.length).padStart(Math.min(integer(width, 'width'), 10_000) - sign.length, '0')
    },
  },
}

const ofMap: Methods<ValueMap> = {
  items: { run: (value) => Object.entries(value) },
  keys: { run: (value) => Object.keys(value) },
  values: { run: (value) => Object.values(value) },
  get: {
    parameters: ['key', 'default'],
    required: 1,
    run: (value, [key = null, otherwise = null]) => own(value, toText(key)) ?? otherwise,
  },
  copy: { run: (value) => Object.assign(emptyMap(), value) },
}

const ofList: Methods<readonly Item[]> = {
  index: {
    parameters: ['item'],
    required: 1,
    run: (value, [item = null]) => value.findIndex((element) => equals(element, item)),
  },
  count: {
    parameters: ['item'],
    required: 1,
    run: (value, [item = null]) => value.filter((element) => equals(element, item)).length,
  },
}

function tableOf(receiver: Value): Methods<never> {
  if (typeof receiver === 'string') return ofText
  if (isMap(receiver)) return ofMap
  return isList(receiver) ? ofList : {}
}

/** The method of a value's type, from closed tables; nothing of JavaScript can be called. */
export function methodOf(receiver: Value, name: string): Method | undefined {
  const table = tableOf(receiver)
  return Object.hasOwn(table, name) ? (table[name] as Method) : undefined
}

export function methodNames(receiver: Value): readonly string[] {
  return Object.keys(tableOf(receiver))
}
