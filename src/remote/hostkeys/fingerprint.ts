import { createHash } from 'node:crypto'

/** `SHA256:...`, as `ssh-keygen -l` prints it. `key` is the wire form, as bytes or base64. */
export function fingerprint(key: Uint8Array | string): string {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : key
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`
}

/** Key type named in a public key's wire form. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return length > 0 && length <= 64 ? key.toString('latin1', 4, 4 + length) : 'unknown'
}
