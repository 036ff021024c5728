import { isMap, isScalar, type YAMLMap } from 'yaml'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { checkTemplates } from '../expression/index.ts'
import { type Raw, type RawMap, TemplateText } from '../expression/values.ts'
import type { PlaybookDocument } from './document.ts'
import type { Text } from './types.ts'

export interface Entry {
  readonly key: string
  readonly keyOrigin: Origin
  readonly node: unknown
}

const TRUE = /^(?:true|yes|on|1)$/i
const FALSE = /^(?:false|no|off|0)$/i

/** The keys of one play or task, and readers for the kinds of values that keys have. Readers collect problems and return undefined. */
export class Section {
  readonly document: PlaybookDocument
  readonly origin: Origin
  readonly entries: ReadonlyMap<string, Entry>

  constructor(document: PlaybookDocument, node: YAMLMap) {
    this.document = document
    this.origin = document.origin(node)
    const entries = new Map<string, Entry>()
    for (const pair of node.items) {
      const key = document.problems.attempt(() => document.key(pair.key))
      if (key !== undefined)
        entries.set(key, { key, keyOrigin: document.origin(pair.key), node: document.target(pair.value) })
    }
    this.entries = entries
  }

  has(key: string): boolean {
    return this.entries.has(key)
  }

  /** Place of a key's value, or of the key when it has none. */
  place(key: string): Origin {
    const entry = this.entries.get(key)
    if (!entry) return this.origin
    return isEmpty(entry.node) ? entry.keyOrigin : this.document.origin(entry.node)
  }

  problem(key: string, message: string, hint?: string): undefined {
    this.document.problems.add(this.place(key), `${key}: ${message}`, hint)
    return undefined
  }

  /** The value with its templates checked; undefined when the key is absent. */
  raw(key: string): Raw | undefined {
    const entry = this.entries.get(key)
    if (!entry) return undefined
    return this.document.problems.attempt(() => {
      const raw = this.document.raw(entry.node)
      const faults = checkTemplates(raw)
      if (faults.length > 0) throw new UserError(faults)
      return raw
    })
  }

  /** Text; numbers and booleans as they are written. */
  text(key: string): Text | undefined {
    const raw = this.raw(key)
    if (raw === undefined) return undefined
    if (typeof raw === 'string' || raw instanceof TemplateText) return raw
    const entry = this.entries.get(key)
    if (raw !== null && typeof raw !== 'object' && isScalar(entry?.node)) return String(entry.node.value)
    return this.problem(key, `expected a text, got ${kindOfRaw(raw)}`)
  }

  /** true, false (in any of their spellings) or a template. */
  flag(key: string): Raw | undefined {
    const raw = this.raw(key)
    if (raw === undefined || typeof raw === 'boolean' || raw instanceof TemplateText) return raw
    if (typeof raw === 'string' && TRUE.test(raw)) return true
    if (typeof raw === 'string' && FALSE.test(raw)) return false
    if (raw === 0 || raw === 1) return raw === 1
    return this.problem(key, `expected true or false, got ${kindOfRaw(raw)}`)
  }

  /** Variables: a mapping with names that expressions can use. */
  variables(key: string): RawMap {
    const entry = this.entries.get(key)
    if (!entry || isEmpty(entry.node)) return {}
    const { document } = this
    if (!isMap(entry.node)) {
      const got = document.problems.attempt(() => kindOfRaw(document.raw(entry.node)))
      if (got) this.problem(key, `expected a mapping, got ${got}`, 'one "name: value" per line, without dashes')
      return {}
    }
    const variables = new Section(document, entry.node)
    for (const { key: name, keyOrigin } of variables.entries.values()) {
      if (name !== '<<' && !isIdentifier(name)) {
        const hint = 'letters, digits and _ only, not starting with a digit'
        document.problems.add(keyOrigin, `"${name}" can't be the name of a variable`, hint)
      }
      variables.raw(name)
    }
    const raw = document.problems.attempt(() => document.raw(entry.node))
    return isRawMap(raw) ? raw : {}
  }
}

export function isEmpty(node: unknown): boolean {
  return (
    node === null ||
    node === undefined ||
    (isScalar(node) && node.type === 'PLAIN' && /^(?:|~|null)$/i.test(String(node.value)))
  )
}

export function isRawMap(raw: Raw | undefined): raw is RawMap {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !(raw instanceof TemplateText)
}

const RESERVED = new Set([
  'and',
  'or',
  'not',
  'in',
  'is',
  'if',
  'else',
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
])

export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name)
}

/** "a list", "the number 3", for messages. */
export function kindOfRaw(raw: unknown): string {
  if (raw === undefined || raw === null) return 'nothing'
  if (raw instanceof TemplateText) return 'a template'
  if (Array.isArray(raw)) return 'a list'
  if (typeof raw === 'object') return 'a mapping'
  if (typeof raw === 'string') return raw.length <= 40 ? `the text ${JSON.stringify(raw)}` : 'a text'
  return typeof raw === 'boolean' ? `the boolean ${raw}` : `the number ${raw}`
}
