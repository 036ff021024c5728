import { createHash } from 'node:crypto'

/** A value that many hosts share. `value` is undefined when it is only in the journal, for lack of room here. */
export interface Shared<T> {
  readonly id: number
  readonly value: T | undefined
}

/** Characters of JSON that are kept of all values together; the same diff of a thousand hosts counts once. */
const ROOM = 24_000_000

/** Keeps equal values once, by their digest, and no more of them than there is room for. */
export class SharedValues<T> {
  readonly #known = new Map<string, Shared<T>>()
  #room = ROOM

  put(value: T): Shared<T> {
    const json = JSON.stringify(value)
    const key = json.length < 60 ? json : createHash('sha1').update(json).digest('base64')
    const known = this.#known.get(key)
    if (known) return known
    this.#room -= json.length
    const shared = { id: this.#known.size, value: this.#room >= 0 ? value : undefined }
    this.#known.set(key, shared)
    return shared
  }
}
