import { type Document, isMap, isScalar, type Node, type YAMLMap } from 'yaml'
import { type Diagnostic, UserError } from '../diagnostics/diagnostic.ts'
import { Origin, type SourceFile } from '../diagnostics/source.ts'
import type { RawMap } from '../expression/values.ts'
import { explain, parseYaml } from '../expression/yaml/document.ts'
import { YamlReader } from '../expression/yaml/raw.ts'
import { placeOfScalar } from '../expression/yaml/scalar-place.ts'
import { authored } from './located.ts'

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/** A YAML or JSON file of an inventory: its nodes, their values typed as Ansible types them, and their places. */
export class YamlFile {
  readonly #source: SourceFile
  readonly #document: Document.Parsed
  readonly #reader: YamlReader

  /** Throws UserError: the first fault of syntax, and every duplicate key. */
  constructor(source: SourceFile) {
    this.#source = source
    this.#document = parseYaml(source.text)
    const [first] = this.#document.errors
    // What follows a fault of syntax is noise of the same cause; duplicate keys are each their own.
    const shown = this.#document.errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY')
    const faults = shown.map(({ code, message, pos }): Diagnostic => {
      return { ...explain(code, message), origin: new Origin(source, pos[0], pos[1]) }
    })
    if (faults.length > 0) throw new UserError(faults)
    const json = isJson(source.text)
    this.#reader = new YamlReader(this.#document, {
      // In JSON `1e3` is a number, in YAML a text.
      text: (text, node) =>
        json &&
        node.type === 'PLAIN' &&
        JSON_NUMBER.test(text) &&
        Number.isFinite(Number(text)) &&
        !/^-?\d+$/.test(text)
          ? Number(text)
          : authored(text, () => placeOfScalar(source, node)),
      fault: (message, node, hint) => this.error(node, message, hint),
    })
  }

  /** The top mapping, or undefined when the file has no content. Throws UserError when the top is something else. */
  top(expected: string): YAMLMap | undefined {
    const top = this.#document.contents
    if (isMap(top)) return top
    if (top === null || this.#reader.value(top) === null) return undefined
    throw this.error(top, 'the file is no mapping', `expected ${expected}`)
  }

  map(node: YAMLMap): RawMap {
    return this.#reader.value(node) as RawMap
  }

  /** What an alias stands for; any other node is itself. */
  target(node: unknown): unknown {
    return this.#reader.target(node)
  }

  isNull(node: unknown): boolean {
    return this.#reader.value(node) === null
  }

  isText(node: unknown): boolean {
    return typeof this.#reader.value(node) === 'string'
  }

  /** A key that must be a string: `what` names it ("a host name"). Throws UserError. */
  name(node: unknown, what: string): string {
    const value = this.#reader.value(node)
    if (typeof value === 'string') return value
    const hint = isScalar(node) && typeof value !== 'object' ? `put it into quotes: "${node.source}"` : undefined
    throw this.error(node, `${what} must be a string`, hint)
  }

  /** Place of a node; of a scalar, of its text without quotes. */
  place(node: unknown): Origin {
    if (isScalar(node)) return placeOfScalar(this.#source, node)
    const range = (node as Node | null | undefined)?.range
    return new Origin(this.#source, range?.[0] ?? 0, range?.[1] ?? 0)
  }

  error(node: unknown, message: string, hint?: string): UserError {
    return new UserError({ message, origin: this.place(node), hint })
  }
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
