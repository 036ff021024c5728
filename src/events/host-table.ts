const BUCKETS = 128

/**
 * An immutable map by host name. Setting one entry copies one small bucket, not the whole fleet, so that a pure fold stays linear in the number of hosts.
 */
export class HostTable<T> {
  readonly #buckets: readonly ReadonlyMap<string, T>[]
  readonly size: number

  private constructor(buckets: readonly ReadonlyMap<string, T>[], size: number) {
    this.#buckets = buckets
    this.size = size
  }

  static empty<T>(): HostTable<T> {
    return new HostTable<T>(new Array<ReadonlyMap<string, T>>(BUCKETS).fill(new Map()), 0)
  }

  get(host: string): T | undefined {
    return this.#buckets[bucketOf(host)]?.get(host)
  }

  set(host: string, value: T): HostTable<T> {
    const index = bucketOf(host)
    const old = this.#buckets[index] as ReadonlyMap<string, T>
    const buckets = this.#buckets.slice()
    buckets[index] = new Map(old).set(host, value)
    return new HostTable(buckets, this.size + (old.has(host) ? 0 : 1))
  }

  /** Sorted by name, as a recap is. */
  entries(): [string, T][] {
    return this.#buckets.flatMap((bucket) => [...bucket]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  }

  values(): T[] {
    return this.#buckets.flatMap((bucket) => [...bucket.values()])
  }
}

function bucketOf(host: string): number {
  let hash = 0
  for (let i = 0; i < host.length; i++) hash = (hash * 31 + host.charCodeAt(i)) | 0
  return Math.abs(hash) % BUCKETS
}
