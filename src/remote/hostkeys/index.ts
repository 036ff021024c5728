import { type KnownHost, matchesName } from './entry.ts'

/** Up to this many hashed names are tried before connecting, to learn which key types to ask for. */
const FEW_HASHED = 200

/** What the known hosts say about a key that a host presented. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  /** Another key of the same type is on file. */
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  /** Only keys of other types are on file. */
  | { readonly kind: 'other_type'; readonly entries: readonly KnownHost[] }
  | { readonly kind: 'unknown' }

/** Known hosts of one or several files, indexed so that a fleet's look-ups cost nothing: by plain name, and by key for hashed names. */
export class KnownHostIndex {
  readonly #plain = new Map<string, KnownHost[]>()
  readonly #patterns: KnownHost[] = []
  readonly #hashed: KnownHost[] = []
  readonly #hashedByKey = new Map<string, KnownHost[]>()

  constructor(entries: Iterable<KnownHost>) {
    for (const entry of entries) this.add(entry)
  }

  add(entry: KnownHost): void {
    if (entry.marker === 'cert-authority') return // says nothing about a plain key
    if ('salt' in entry.names) {
      this.#hashed.push(entry)
      append(this.#hashedByKey, entry.key, entry)
    } else if (entry.names.some((name) => /[*?!]/.test(name))) this.#patterns.push(entry)
    else for (const name of entry.names) append(this.#plain, name, entry)
  }

  /** Key types on file for a name, without revoked ones; empty when none is known or finding out would cost too much. */
  types(name: string): string[] {
    const hashed = this.#hashed.length <= FEW_HASHED ? this.#hashed.filter((entry) => matchesName(entry, name)) : []
    const entries = [...this.#readable(name), ...hashed]
    return [...new Set(entries.filter(({ marker }) => !marker).map(({ type }) => type))]
  }

  /** Judges a key (base64 wire form) presented under a name. */
  judge(name: string, type: string, key: string): HostKeyVerdict {
    const likely = [...this.#readable(name), ...this.#hashedMatches(this.#hashedByKey.get(key) ?? [], name)]
    const same = likely.filter((entry) => entry.key === key)
    const revoked = same.find(({ marker }) => marker === 'revoked')
    if (revoked) return { kind: 'revoked', entry: revoked }
    if (same.length > 0) return { kind: 'known' }
    const all = [...likely, ...this.#hashedMatches(this.#hashed, name)].filter(({ marker }) => !marker)
    const changed = all.find((entry) => entry.type === type)
    if (changed) return { kind: 'changed', entry: changed }
    return all.length > 0 ? { kind: 'other_type', entries: all } : { kind: 'unknown' }
  }

  #readable(name: string): KnownHost[] {
    return [...(this.#plain.get(name) ?? []), ...this.#patterns.filter((entry) => matchesName(entry, name))]
  }

  #hashedMatches(entries: readonly KnownHost[], name: string): KnownHost[] {
    return entries.filter((entry) => matchesName(entry, name))
  }
}

function append(map: Map<string, KnownHost[]>, key: string, entry: KnownHost): void {
  const list = map.get(key)
  if (list) list.push(entry)
  else map.set(key, [entry])
}
