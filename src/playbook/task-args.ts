import { isMap, isScalar, isSeq } from 'yaml'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { checkTemplates } from '../expression/index.ts'
import { isTemplate, type Raw, TemplateText } from '../expression/values.ts'
import type { ScalarOrigin } from '../expression/yaml/scalar-origin.ts'
import { argNames } from './arg-names.ts'
import type { PlaybookDocument } from './document.ts'
import { keyValue, splitWords, type Word } from './key-value.ts'
import { type Entry, isEmpty } from './section.ts'
import type { AuthoredArgs } from './static-args.ts'
import type { CatalogTask } from './types.ts'

interface Draft {
  readonly values: { [key: string]: Raw }
  readonly origins: { [path: string]: Origin }
  readonly keyOrigins: { [path: string]: Origin }
  readonly untyped: Set<string>
}

/** Arguments of a task from the value of its key and from `args:`. Throws UserError. */
export function readTaskArgs(
  document: PlaybookDocument,
  task: CatalogTask,
  entry: Entry,
  extra: Entry | undefined,
): AuthoredArgs {
  const draft: Draft = { values: {}, origins: {}, keyOrigins: {}, untyped: new Set() }
  readMain(document, task, entry, draft)
  if (extra && !isEmpty(extra.node)) {
    if (!isMap(extra.node)) {
      throw new UserError({ message: 'args: expected a mapping of arguments', origin: document.origin(extra.node) })
    }
    readMap(document, extra.node, draft)
  }
  const faults = checkTemplates(draft.values)
  if (faults.length > 0) throw new UserError(faults)
  return draft
}

function readMain(document: PlaybookDocument, task: CatalogTask, entry: Entry, draft: Draft): void {
  const { node } = entry
  if (isEmpty(node)) return
  if (isMap(node)) {
    // An unquoted template looks like a mapping too: raw() tells them apart.
    document.raw(node)
    readMap(document, node, draft)
  } else if (isScalar(node)) {
    const text = String(node.value ?? '')
    if (task.freeForm === undefined) readPairs(task, text, document.scalarOrigin(node), draft)
    else readFreeForm(task, text, document.scalarOrigin(node), draft)
  } else {
    const hint = 'one "argument: value" per line, indented below the task'
    throw new UserError({
      message: `${task.name}: expected arguments, got a list`,
      origin: document.origin(node),
      hint,
    })
  }
}

function readMap(document: PlaybookDocument, node: unknown, draft: Draft): void {
  const values = document.raw(node) as { readonly [key: string]: Raw }
  notePlaces(document, node, '', draft)
  for (const key of Object.keys(values)) {
    if (Object.hasOwn(draft.values, key)) {
      throw new UserError({ message: `the argument "${key}" is given twice`, origin: draft.keyOrigins[key] })
    }
    draft.values[key] = values[key] as Raw
  }
}

/** Remembers where each value and key below a node stands. */
function notePlaces(document: PlaybookDocument, given: unknown, path: string, draft: Draft): void {
  const node = document.target(given)
  if (path !== '') draft.origins[path] = document.origin(node)
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = document.key(key)
      const below = path === '' ? name : `${path}.${name}`
      draft.keyOrigins[below] = document.origin(key)
      notePlaces(document, value, below, draft)
      if (isEmpty(document.target(value))) draft.origins[below] = document.origin(key)
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, i) => {
      notePlaces(document, item, `${path}.${i}`, draft)
    })
  }
}

/** `file: path=/x state=directory` */
function readPairs(task: CatalogTask, text: string, origin: ScalarOrigin, draft: Draft): void {
  for (const word of splitWords(text)) {
    if (!addPair(word, origin, draft)) {
      const hint = isTemplate(word.text)
        ? 'a template can give values, not the arguments as a whole'
        : 'write `argument: value` lines below the task, or argument=value pairs'
      const place = text === word.text ? origin : origin.at(word.start, word.start + word.text.length)
      throw new UserError({ message: `${task.name}: expected argument=value`, origin: place, hint })
    }
  }
}

/** `command: uname -r chdir=/x`: words that set an argument of the task are taken out, wherever they stand. */
function readFreeForm(task: CatalogTask, text: string, origin: ScalarOrigin, draft: Draft): void {
  const names = new Set(argNames(task.args).filter((name) => name !== task.freeForm))
  const kept: Word[] = []
  const taken: Word[] = []
  for (const word of splitWords(text)) {
    const pair = keyValue(word.text)
    const isArgument = pair !== undefined && names.has(pair.key) && addPair(word, origin, draft)
    ;(isArgument ? taken : kept).push(word)
  }
  const [first] = kept
  const last = kept.at(-1)
  if (!first || !last) return
  const name = task.freeForm as string
  const place = origin.part(first.start)
  // White space at the end belongs to the text, unless an argument stood there.
  const end = taken.length > 0 ? last.start + last.text.length : text.length
  draft.values[name] = authored(without(text, taken, first.start, end), place)
  draft.origins[name] = place
  draft.keyOrigins[name] = place
}

/** The text from `start` to `end` without some of its words and the blanks after them. */
function without(text: string, words: readonly Word[], start: number, end: number): string {
  let result = ''
  let at = start
  for (const word of words) {
    if (word.start < at || word.start >= end) continue
    result += text.slice(at, word.start)
    at = word.start + word.text.length
    while (text[at] === ' ') at++
  }
  return result + text.slice(at, end)
}

function addPair(word: Word, origin: ScalarOrigin, draft: Draft): boolean {
  const pair = keyValue(word.text)
  if (!pair) return false
  const place = origin.part(word.start + pair.at)
  if (Object.hasOwn(draft.values, pair.key)) {
    throw new UserError({
      message: `the argument "${pair.key}" is given twice`,
      origin: origin.at(word.start, word.start + pair.key.length),
    })
  }
  draft.values[pair.key] = authored(pair.value, place)
  draft.origins[pair.key] = origin.at(word.start + pair.at, word.start + pair.at + pair.value.length)
  draft.keyOrigins[pair.key] = origin.at(word.start, word.start + pair.key.length)
  draft.untyped.add(pair.key)
  return true
}

function authored(text: string, origin: Origin): Raw {
  return isTemplate(text) ? new TemplateText(text, origin) : text
}
