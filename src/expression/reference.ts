import { didYouMean } from '../diagnostics/suggest.ts'
import { lookUp, type Missing } from './python/access.ts'
import { toText } from './python/text.ts'
import { emptyMap } from './python/types.ts'
import { builtin, type Run } from './run.ts'
import type { Item } from './undefined.ts'
import { PendingValue, type Raw, type Scope, TemplateText } from './values.ts'

/**
 * What a path such as `config.paths.boot` has reached so far, not rendered yet: only what the path ends at is rendered,
 * so an entry beside it may be undefined or pending, or refer to a sibling.
 */
export type Reference =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'raw'; readonly raw: Raw; readonly label: string; readonly run: Run }
  | {
      readonly kind: 'scopes'
      readonly get: (name: string) => Scope | undefined
      readonly names: () => Iterable<string>
      readonly run: Run
    }
  | { readonly kind: 'scope'; readonly run: Run }

/** A name of the scope. Throws PendingValue when only a later moment can tell. */
export function refer(name: string, run: Run): Reference | Missing {
  const binding = run.scope.lookup(name)
  switch (binding?.kind) {
    case 'raw':
      return { kind: 'raw', raw: binding.raw, label: name, run }
    case 'value':
      return { kind: 'item', item: binding.value }
    case 'pending':
      throw new PendingValue(binding.reason)
    case 'scopes':
      return { kind: 'scopes', get: (key) => binding.get(key), names: () => binding.names(), run }
    case undefined: {
      const value = builtin(name)
      return value === undefined ? unknownName(name, run) : { kind: 'item', item: value }
    }
  }
}

function unknownName(name: string, run: Run): Missing {
  return {
    missing: `"${name}" is undefined`,
    get hint() {
      return didYouMean(name, run.scope.names())
    },
  }
}

/** One step further. */
export function step(from: Reference, key: Item): Reference | Missing {
  if (from.kind === 'scopes') {
    const name = toText(key)
    const scope = from.get(name)
    if (scope) return { kind: 'scope', run: from.run.in(scope) }
    return { missing: `there is no host "${name}"`, hint: didYouMean(name, from.names()) }
  }
  if (from.kind === 'scope') return refer(toText(key), from.run)
  if (from.kind === 'raw' && typeof from.raw === 'object' && from.raw !== null && !(from.raw instanceof TemplateText)) {
    const result = lookUp(from.raw as Item, key)
    if ('missing' in result) return result
    return { kind: 'raw', raw: result.found as Raw, label: `${from.label}.${toText(key)}`, run: from.run }
  }
  const result = lookUp(resolve(from), key)
  return 'missing' in result ? result : { kind: 'item', item: result.found }
}

/** The value that a reference stands for. Entries of `hostvars` are rendered when they are read. */
export function resolve(reference: Reference): Item {
  switch (reference.kind) {
    case 'item':
      return reference.item
    case 'raw':
      return reference.run.render(reference.raw, reference.label)
    case 'scope': {
      const { run } = reference
      return lazyMap(run.scope.names(), (name) => {
        const found = refer(name, run)
        return 'missing' in found ? null : resolve(found)
      })
    }
    case 'scopes':
      return lazyMap(reference.names(), (name) => {
        const found = step(reference, name)
        return 'missing' in found ? null : resolve(found)
      })
  }
}

function lazyMap(names: Iterable<string>, read: (name: string) => Item): Item {
  const map = emptyMap<Item>()
  for (const name of new Set(names)) {
    Object.defineProperty(map, name, { enumerable: true, configurable: true, get: () => read(name) })
  }
  return map as Item
}
