import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml'
import { emptyMap } from '../python/types.ts'
import type { Raw, RawMap } from '../values.ts'
import { type PlainValue, plainValue } from './plain.ts'

export interface YamlHandlers {
  /** What a text becomes: a template where a person wrote it, a string where a host sent it. */
  text(text: string, node: Scalar): Raw
  /** Must throw. */
  fault(message: string, node: unknown, hint?: string): Error
  /** Told about each plain scalar that is not text, with what holds it. */
  plain?(source: string, value: PlainValue, node: Scalar, parent: 'key' | 'value' | 'element'): void
}

/** Turns YAML nodes into values. An anchored node is converted once and shared, so nested aliases cost nothing. */
export class YamlReader {
  readonly #document: Document.Parsed
  readonly #handlers: YamlHandlers
  readonly #done = new Map<unknown, Raw>()
  readonly #open = new Set<unknown>()

  constructor(document: Document.Parsed, handlers: YamlHandlers) {
    this.#document = document
    this.#handlers = handlers
  }

  value(node: unknown, parent: 'key' | 'value' | 'element' = 'value'): Raw {
    const target = this.target(node)
    if (target === null || target === undefined) return null
    const known = this.#done.get(target)
    if (known !== undefined) return known
    if (this.#open.has(target)) throw this.#handlers.fault('the anchor contains itself', target)
    this.#open.add(target)
    const value = this.#convert(target, parent)
    this.#open.delete(target)
    this.#done.set(target, value)
    return value
  }

  /** What an alias stands for; any other node is itself. */
  target(node: unknown): unknown {
    if (!isAlias(node)) return node
    const target = node.resolve(this.#document)
    if (!target) throw this.#handlers.fault(`there is no anchor &${node.source}`, node)
    return target
  }

  #convert(node: unknown, parent: 'key' | 'value' | 'element'): Raw {
    if (isScalar(node)) return this.#scalar(node, parent)
    if (isMap(node)) return this.#map(node)
    if (isSeq(node)) return node.items.map((item) => this.value(isPair(item) ? item.value : item, 'element'))
    throw this.#handlers.fault('unexpected content', node)
  }

  #scalar(node: Scalar, parent: 'key' | 'value' | 'element'): Raw {
    const text = String(node.value ?? '')
    const tag = node.tag?.replace('tag:yaml.org,2002:', '!!')
    if (tag === '!unsafe') return text
    if (tag === '!vault' || tag === '!vault-encrypted') {
      throw this.#handlers.fault(
        'values encrypted with ansible-vault are not supported',
        node,
        'decrypt it, or pass the secret with -e @FILE',
      )
    }
    if (tag !== undefined && tag !== '!!str') return this.#tagged(node, tag, text)
    if (tag === undefined && node.type === 'PLAIN') {
      const value = plainValue(text)
      if (typeof value !== 'string') {
        this.#handlers.plain?.(text, value, node, parent)
        return value
      }
    }
    return this.#handlers.text(text, node)
  }

  #tagged(node: Scalar, tag: string, text: string): PlainValue {
    const value = plainValue(text)
    const fits =
      (tag === '!!null' && value === null) ||
      (tag === '!!bool' && typeof value === 'boolean') ||
      (tag === '!!int' && Number.isInteger(value)) ||
      (tag === '!!float' && typeof value === 'number')
    if (fits) return value
    throw this.#handlers.fault(`the tag ${tag} does not fit ${JSON.stringify(text)}, or is not supported`, node)
  }

  #map(node: YAMLMap): RawMap {
    const own = emptyMap<Raw>()
    const merged = emptyMap<Raw>()
    for (const { key, value } of node.items) {
      if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') this.#merge(value, merged)
      else own[this.key(key)] = this.value(value)
    }
    return Object.assign(merged, own)
  }

  /** `<<: *a` or `<<: [*a, *b]`: the first of a list wins, own keys win over all. */
  #merge(node: unknown, into: { [key: string]: Raw }): void {
    const target = this.target(node)
    for (const one of isSeq(target) ? target.items : [target]) {
      const map = this.target(one)
      if (!isMap(map)) throw this.#handlers.fault('"<<" needs a mapping, or a list of mappings', node)
      const value = this.value(map) as RawMap
      for (const key of Object.keys(value)) into[key] ??= value[key] as Raw
    }
  }

  /** A key as text: `1` and `true` as they are written. */
  key(node: unknown): string {
    const target = this.target(node)
    if (!isScalar(target)) throw this.#handlers.fault('a key must be a single text', node as Node)
    const text = String(target.value ?? '')
    if (target.type === 'PLAIN') {
      const value = plainValue(text)
      if (typeof value === 'boolean') this.#handlers.plain?.(text, value, target, 'key')
    }
    return text
  }
}
