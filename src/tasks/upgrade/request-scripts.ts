import { posix } from 'node:path'
import type { Asked, Provenance, RequestedScript } from './request.ts'
import { SCRIPT_TIMEOUT } from './request.ts'
import { normalPath, type Wish } from './request-wish.ts'

/**
 * The scripts of all wishes for one moment, in the order in which they run: by name, equal names by who asked and the place in
 * the request. The order of the wishes does not matter, and a script that several ask for alike is run once.
 */
export function mergeScripts(
  wishes: readonly Wish[],
  moment: 'after_transaction' | 'first_boot',
): Asked<RequestedScript>[] {
  const found = new Map<string, { readonly value: RequestedScript; readonly by: Set<Provenance> }>()
  for (const wish of [...wishes].sort(byProducer)) {
    for (const { path, timeout = SCRIPT_TIMEOUT } of wish.request.scripts?.[moment] ?? []) {
      const plain = normalPath(path)
      const value = { name: posix.basename(plain), source: { kind: wish.paths, path: plain }, timeout }
      const key = JSON.stringify(value)
      const known = found.get(key)
      if (known) known.by.add(wish.by)
      else found.set(key, { value, by: new Set([wish.by]) })
    }
  }
  return [...found.values()]
    .sort((a, b) => compare(a.value.name, b.value.name))
    .map(({ value, by }) => ({ value, by: [...by].sort() }))
}

/** Wishes of one producer, too, have an order of their own. */
function byProducer(a: Wish, b: Wish): number {
  return compare(a.by, b.by) || compare(a.paths, b.paths) || compare(scriptsOf(a), scriptsOf(b))
}

function scriptsOf({ request }: Wish): string {
  return JSON.stringify(request.scripts ?? {})
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
