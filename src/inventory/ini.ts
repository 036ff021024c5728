import { type Diagnostic, UserError } from '../diagnostics/diagnostic.ts'
import { Origin, type SourceFile } from '../diagnostics/source.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { InventoryDraft } from './draft.ts'
import { splitHostLine } from './host-line.ts'
import { readHostNames } from './host-name.ts'
import { ChildDeclarations } from './ini-children.ts'
import { typeIniValue } from './ini-value.ts'
import { RawMapBuilder } from './raw-map.ts'

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/
const KINDS = ['hosts', 'children', 'vars'] as const
type Kind = (typeof KINDS)[number]
/** A file that is no inventory at all would else give one error for each line. */
const MAX_PROBLEMS = 20

/**
 * Reads an INI inventory into the draft. Throws one UserError with every problem of the file (up to 20), each with its place.
 * Returns whether the file holds anything but comments.
 */
export function readIni(source: SourceFile, draft: InventoryDraft): boolean {
  const reader = new IniReader(source, draft)
  const problems: Diagnostic[] = []
  let start = 0
  for (const raw of source.text.split('\n')) {
    const lead = raw.length - raw.trimStart().length
    const text = raw.trim()
    const line = new Origin(source, start + lead, start + lead + text.length)
    start += raw.length + 1
    if (text === '' || text.startsWith('#') || text.startsWith(';')) continue
    collect(problems, () => reader.line(text, line))
    if (problems.length >= MAX_PROBLEMS) break
  }
  collect(problems, () => reader.end())
  if (problems.length > 0) throw new UserError(problems)
  return reader.used
}

function collect(problems: Diagnostic[], step: () => void): void {
  try {
    step()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    problems.push(...error.diagnostics)
  }
}

class IniReader {
  readonly #draft: InventoryDraft
  readonly #source: SourceFile
  readonly #declarations: ChildDeclarations
  /** The file starts as if its first line were `[ungrouped]`. */
  #group = 'ungrouped'
  #kind: Kind | 'unknown' = 'hosts'
  used = false

  constructor(source: SourceFile, draft: InventoryDraft) {
    this.#source = source
    this.#draft = draft
    this.#declarations = new ChildDeclarations(draft)
  }

  line(text: string, line: Origin): void {
    this.used = true
    const section = SECTION.exec(text)
    if (section) this.#section(section[1] as string, section[2], line)
    else if (/^\[[^\]]*\]\s*;/.test(text)) {
      throw new UserError({
        message: 'no section header',
        origin: line,
        hint: 'a comment after a section header starts with #, not ;',
      })
    } else if (text.startsWith('[') && text.endsWith(']')) {
      const hint = 'expected [group], [group:vars] or [group:children], without spaces'
      throw new UserError({ message: `invalid section header ${text}`, origin: line, hint })
    } else if (this.#kind === 'hosts') this.#hosts(text, line)
    else if (this.#kind === 'vars') this.#variable(text, line)
    else if (this.#kind === 'children') this.#child(text, line)
  }

  end(): void {
    this.#declarations.end()
  }

  #section(name: string, kind: string | undefined, line: Origin): void {
    const known = KINDS.find((one) => one === (kind ?? 'hosts'))
    this.#group = name
    this.#kind = known ?? 'unknown'
    if (!known) {
      const at = name.length + 2
      const origin = line.at(at, at + (kind ?? '').length)
      throw new UserError({
        message: `section [${name}:${kind}] has an unknown type`,
        origin,
        hint: didYouMean(kind ?? '', KINDS),
      })
    }
    const place = line.at(1, 1 + name.length)
    if (known === 'vars') this.#declarations.mentionVars(name, place)
    else this.#declarations.declare(name, place)
  }

  #hosts(text: string, line: Origin): void {
    const words = splitHostLine(text, line)
    const [pattern, ...rest] = words
    if (!pattern) return
    const vars = new RawMapBuilder()
    for (const word of rest) {
      const equals = word.text.indexOf('=')
      if (equals < 1) {
        const hint = text.includes('{{') ? 'a value with spaces needs quotes: x="{{ y }}"' : 'a comment starts with #'
        const message = `expected key=value after the host, got ${JSON.stringify(word.text)}`
        throw new UserError({ message, origin: word.at(0, word.text.length), hint })
      }
      vars.set(word.text.slice(0, equals), typeIniValue(word.after(equals + 1), 'host', this.#draft.warnings))
    }
    const { names, port } = readHostNames(pattern)
    const shared = vars.done()
    for (const name of names) {
      this.#draft.addHost(name, this.#group, port, line)
      this.#draft.setHostVars(name, shared)
    }
  }

  #variable(text: string, line: Origin): void {
    const equals = text.indexOf('=')
    const key = text.slice(0, Math.max(0, equals)).trim()
    if (key === '') {
      throw new UserError({
        message: `expected key=value under [${this.#group}:vars], got ${JSON.stringify(text)}`,
        origin: line,
      })
    }
    const rest = text.slice(equals + 1)
    const value = rest.trimStart()
    const offset = text.length - value.length
    const located = { text: value, at: (from: number, to: number) => line.at(offset + from, offset + to) }
    const place = new Origin(this.#source, line.start, line.start + key.length)
    this.#draft.setGroupVar(this.#group, key, typeIniValue(located, 'vars', this.#draft.warnings), place)
  }

  #child(text: string, line: Origin): void {
    const name = GROUP_NAME.exec(text)?.[1]
    if (name === undefined || name.includes('=')) {
      const hint = text.includes('=') ? `variables go under [${this.#group}:vars]` : 'one group name per line'
      throw new UserError({ message: `expected a group name, got ${JSON.stringify(text)}`, origin: line, hint })
    }
    this.#declarations.addChild(this.#group, name, line.at(0, name.length))
  }
}
