import type { Raw, RawMap } from '../expression/values.ts'

/** The one map without variables, shared by all that have none. */
export const EMPTY: RawMap = Object.freeze(Object.create(null) as RawMap)

/** Builds a frozen map without a prototype, so that a variable called `__proto__` or `constructor` is a variable like any other. */
export class RawMapBuilder {
  readonly #map: { [key: string]: Raw } = Object.create(null)
  #used = false

  set(key: string, value: Raw): this {
    this.#map[key] = value
    this.#used = true
    return this
  }

  has(key: string): boolean {
    return key in this.#map
  }

  done(): RawMap {
    return this.#used ? Object.freeze(this.#map) : EMPTY
  }
}

/** Later maps win, key by key; values are replaced, not merged. Shares a map instead of copying when only one has entries. */
export function mergeMaps(maps: readonly RawMap[]): RawMap {
  const filled = maps.filter((map) => !isEmpty(map))
  if (filled.length < 2) return filled[0] ?? EMPTY
  return Object.freeze(Object.assign(Object.create(null), ...filled) as RawMap)
}

function isEmpty(map: RawMap): boolean {
  for (const _ in map) return false
  return true
}
