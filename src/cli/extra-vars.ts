import { isMap, parseDocument } from 'yaml'
import { UserError } from '../diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../diagnostics/source.ts'
import { MASK } from '../events/redactor.ts'
import { isTemplate, type Raw, type RawMap, TemplateText } from '../expression/values.ts'

/**
 * `-e` in its three forms: `@file`, a YAML or JSON map, or `key=value key2='two words'` (values stay strings, as in Ansible).
 * Later ones win. Throws UserError that quotes the argument.
 */
export async function extraVars(args: readonly string[], readFile: (path: string) => Promise<RawMap>): Promise<RawMap> {
  const all: Record<string, Raw> = {}
  for (const arg of args) {
    refuseHidden(arg)
    if (arg.startsWith('@')) Object.assign(all, await fromFile(arg, readFile))
    else if (isMapText(arg)) Object.assign(all, fromYaml(arg))
    else Object.assign(all, fromPairs(arg))
  }
  return all
}

/** Copied from a command that was shown again: the stars would be set as the password of every host. Throws a usage error. */
function refuseHidden(arg: string): void {
  if (!arg.includes(MASK)) return
  throw new UserError(
    {
      message: `--extra-vars: ${MASK} stands for a value that was hidden`,
      hint: 'write the value itself; upgrade-push resume asks for it where a run is continued',
    },
    'usage',
  )
}

/** The argument is a YAML or JSON map, not pairs. */
export function isMapText(arg: string): boolean {
  return /^\s*[{[]/.test(arg)
}

async function fromFile(arg: string, readFile: (path: string) => Promise<RawMap>): Promise<RawMap> {
  try {
    return await readFile(arg.slice(1))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    // A fault inside the file shows its own place; a file that can't be read has none.
    const named = (text: string | undefined) => text ?? `the file was named by --extra-vars ${arg}`
    throw new UserError(
      error.diagnostics.map((fault) => (fault.origin ? fault : { ...fault, hint: named(fault.hint) })),
      error.kind,
    )
  }
}

function fromYaml(text: string): RawMap {
  const source = new SourceFile('--extra-vars', text)
  const document = parseDocument(text, { version: '1.1' })
  const [error] = document.errors
  if (error) {
    throw new UserError(
      { message: error.message.split('\n')[0] ?? 'not YAML', origin: new Origin(source, error.pos[0]) },
      'usage',
    )
  }
  if (!isMap(document.contents)) {
    throw new UserError({ message: 'expected a map of variables', origin: new Origin(source, 0, text.length) }, 'usage')
  }
  const place = new Origin(source, 0, text.length)
  return author(document.toJS() as Raw, place) as RawMap
}

/** Every string with template marks becomes a template: the command line is the operator's own word. */
function author(value: Raw, origin: Origin): Raw {
  if (typeof value === 'string') return isTemplate(value) ? new TemplateText(value, origin) : value
  if (Array.isArray(value)) return (value as Raw[]).map((part) => author(part, origin))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value as RawMap).map(([key, part]) => [key, author(part, origin)]))
  }
  return value
}

const PAIR = /\s*([A-Za-z_][A-Za-z0-9_]*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:\{\{.*?\}\}|\S)*)(?=\s|$)/y

/** One `key=value` of an argument, with its place in it. */
export interface Pair {
  readonly name: string
  readonly value: string
  readonly start: number
  readonly end: number
}

/** The pairs of `key=value key2='two words'`. Throws a usage error that quotes what is none. */
export function pairsOf(text: string): Pair[] {
  const pairs: Pair[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    PAIR.lastIndex = at
    const match = PAIR.exec(text)
    if (!match) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)
      throw new UserError(
        {
          message: 'not a variable',
          origin: new Origin(new SourceFile('--extra-vars', text), start, text.length),
          hint: 'expected key=value, a YAML or JSON map, or @file',
        },
        'usage',
      )
    }
    const [, name = '', quoted = ''] = match
    pairs.push({ name, value: unquote(quoted), start: match.index, end: PAIR.lastIndex })
    at = PAIR.lastIndex
  }
  return pairs
}

function fromPairs(text: string): RawMap {
  const source = new SourceFile('--extra-vars', text)
  return Object.fromEntries(
    pairsOf(text).map(({ name, value, start, end }): [string, Raw] => [
      name,
      isTemplate(value) ? new TemplateText(value, new Origin(source, start, end)) : value,
    ]),
  )
}

function unquote(text: string): string {
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1).replace(/\\(.)/g, '$1')
  if (text.length > 1 && text.startsWith("'") && text.endsWith("'")) return text.slice(1, -1)
  return text
}
