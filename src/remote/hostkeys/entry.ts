import { createHmac } from 'node:crypto'

/** One usable line of a known_hosts file. */
export interface KnownHost {
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly marker: 'revoked' | 'cert-authority' | undefined
  /** Lower-case name patterns, or the salt and HMAC-SHA1 of one name. */
  readonly names: readonly string[] | { readonly salt: Buffer; readonly hash: Buffer }
  /** Key type, such as `ssh-ed25519`. */
  readonly type: string
  /** The public key in its wire form, base64. */
  readonly key: string
}

/** Reads known_hosts text. Lines that OpenSSH would skip (comments, malformed) are skipped. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => parseLine(line, file, index + 1) ?? [])
}

function parseLine(line: string, file: string, number: number): KnownHost | undefined {
  const words = line.trim().split(/[ \t]+/)
  if (!words[0] || words[0].startsWith('#')) return undefined
  let marker: KnownHost['marker']
  if (words[0].startsWith('@')) {
    const name = words.shift()
    if (name !== '@revoked' && name !== '@cert-authority') return undefined
    marker = name === '@revoked' ? 'revoked' : 'cert-authority'
  }
  const [names, type, key] = words
  if (!names || !type || !key || !keyIsOfType(key, type)) return undefined
  const parsed = names.startsWith('|') ? parseHashed(names) : names.toLowerCase().split(',').filter(Boolean)
  return parsed && { file, line: number, marker, names: parsed, type, key }
}

/** The wire form begins with its own type name. */
function keyIsOfType(key: string, type: string): boolean {
  const bytes = Buffer.from(key, 'base64')
  return (
    bytes.length > 4 && bytes.readUInt32BE(0) === type.length && bytes.toString('latin1', 4, 4 + type.length) === type
  )
}

function parseHashed(text: string): { salt: Buffer; hash: Buffer } | undefined {
  const [empty, kind, salt = '', hash = '', ...rest] = text.split('|')
  if (empty !== '' || kind !== '1' || rest.length > 0) return undefined
  const parsed = { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
  return parsed.salt.length === 20 && parsed.hash.length === 20 ? parsed : undefined
}

/** The name under which a host is filed: `host`, or `[host]:port` when the port is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

/** HMAC-SHA1 of a name, as in a hashed entry. */
export function hashName(name: string, salt: Buffer): Buffer {
  return createHmac('sha1', salt).update(name).digest()
}

/** Whether the entry is about this name: exact, `*` and `?` globs, `!` negation (one that matches wins), or by hash. */
export function matchesName(entry: KnownHost, name: string): boolean {
  if ('salt' in entry.names) return hashName(name, entry.names.salt).equals(entry.names.hash)
  let matched = false
  for (const pattern of entry.names) {
    if (pattern.startsWith('!')) {
      if (globMatches(pattern.slice(1), name)) return false
    } else if (!matched) matched = globMatches(pattern, name)
  }
  return matched
}

/** `*` and `?` only, in linear space and without backtracking blow-up. */
function globMatches(pattern: string, name: string): boolean {
  let [p, n, star, resume] = [0, 0, -1, 0]
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++
      resume = n
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++resume
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
