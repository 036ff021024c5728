import { render } from '../expression/index.ts'
import { type Binding, PendingValue, type RawMap, type Scope, type Value, type ValueMap } from '../expression/values.ts'

/** Where a step's names come from, highest precedence first. Raw layers are authored and rendered lazily; value layers are data. */
export interface ScopeLayers {
  readonly magic: ValueMap
  readonly hostvars: Binding
  readonly extra: RawMap
  /** Loop variables. */
  readonly item: ValueMap
  /** Names that only a later moment can tell, with the reason. */
  readonly pending: ReadonlyMap<string, string>
  /** set_fact and register. */
  readonly set: ValueMap
  readonly task: RawMap
  /** vars_files, last one first. */
  readonly files: readonly RawMap[]
  readonly play: RawMap
  readonly facts: ValueMap
  readonly inventory: RawMap
  /** Facts are gathered by a step that has not run: unknown `ansible_*` names are pending, not undefined. */
  readonly factsPending: boolean
}

/** Ansible's order of precedence as one lookup. */
export class LayeredScope implements Scope {
  readonly #layers: ScopeLayers

  constructor(layers: ScopeLayers) {
    this.#layers = layers
  }

  lookup(name: string): Binding | undefined {
    return this.#lookup(name, this.#layers)
  }

  /**
   * A variable's value as people gave it, or undefined when nobody did: whatever a host says of itself under the same name does not count.
   * Rendered in the whole scope. Throws UserError or PendingValue.
   */
  authored(name: string): Value | undefined {
    return this.#valueOf(this.#lookup(name, { ...this.#layers, facts: {}, factsPending: false }))
  }

  /** Nobody can tell its value yet. */
  isPending(name: string): boolean {
    return this.lookup(name)?.kind === 'pending'
  }

  /** Set in the middle of the run, by `set_fact` or `register`. */
  wasSet(name: string): boolean {
    return Object.hasOwn(this.#layers.set, name)
  }

  #lookup(name: string, l: ScopeLayers): Binding | undefined {
    if (name === 'hostvars') return l.hostvars
    if (Object.hasOwn(l.magic, name)) return value(l.magic[name])
    if (Object.hasOwn(l.extra, name)) return raw(l.extra, name)
    if (Object.hasOwn(l.item, name)) return value(l.item[name])
    const reason = l.pending.get(name)
    if (reason !== undefined) return { kind: 'pending', reason }
    if (Object.hasOwn(l.set, name)) return value(l.set[name])
    if (Object.hasOwn(l.task, name)) return raw(l.task, name)
    for (const file of l.files) if (Object.hasOwn(file, name)) return raw(file, name)
    if (Object.hasOwn(l.play, name)) return raw(l.play, name)
    if (Object.hasOwn(l.facts, name)) return value(l.facts[name])
    if (Object.hasOwn(l.inventory, name)) return raw(l.inventory, name)
    if (l.factsPending && name.startsWith('ansible_')) return { kind: 'pending', reason: 'facts are not gathered yet' }
    return undefined
  }

  /** The same names with some more on top. */
  with(extra: ValueMap): LayeredScope {
    return new LayeredScope({ ...this.#layers, item: { ...this.#layers.item, ...extra } })
  }

  /** Only what people wrote: no facts, no results, nothing that was set in the middle of the run. `item`: loop variables that count. */
  withoutHosts(item: ValueMap): LayeredScope {
    const hostvars: Binding = { kind: 'value', value: {} }
    return new LayeredScope({
      ...this.#layers,
      hostvars,
      item,
      pending: new Map(),
      set: {},
      facts: {},
      factsPending: false,
    })
  }

  /** A variable's rendered value, or undefined when nobody set it. Throws PendingValue. */
  value(name: string): Value | undefined {
    return this.#valueOf(this.lookup(name))
  }

  #valueOf(binding: Binding | undefined): Value | undefined {
    if (!binding) return undefined
    if (binding.kind === 'pending') throw new PendingValue(binding.reason)
    if (binding.kind === 'scopes') return undefined
    return binding.kind === 'raw' ? render(binding.raw, this) : binding.value
  }

  *names(): Iterable<string> {
    const l = this.#layers
    for (const layer of [l.magic, l.extra, l.item, l.set, l.task, ...l.files, l.play, l.facts, l.inventory]) {
      yield* Object.keys(layer)
    }
    yield* l.pending.keys()
    yield 'hostvars'
  }
}

function value(data: Value | undefined): Binding {
  return { kind: 'value', value: data ?? null }
}

function raw(layer: RawMap, name: string): Binding {
  return { kind: 'raw', raw: layer[name] ?? null }
}
