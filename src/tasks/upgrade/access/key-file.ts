import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { uint32, WireReader, wireString } from './wire.ts'

// OpenSSH's own format of private keys (PROTOCOL.key of OpenSSH): the public half stands in it unencrypted.
const MAGIC = 'openssh-key-v1\0'
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----'
const END = '-----END OPENSSH PRIVATE KEY-----'
const TYPE = 'ssh-ed25519'
/** Unencrypted private parts are padded with 1, 2, 3, ... to this many bytes. */
const BLOCK = 8

/** Makes a new ed25519 key: the text of a private key's file, without a passphrase. */
export function makeKeyFile(comment: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d, x } = privateKey.export({ format: 'jwk' }) as { d: string; x: string }
  const seed = Buffer.from(d, 'base64url')
  const point = Buffer.from(x, 'base64url')
  const blob = Buffer.concat([wireString(TYPE), wireString(point)])
  // The same number twice: how a reader of an encrypted key sees that the passphrase was right.
  const check = randomBytes(4)
  const fields = [wireString(TYPE), wireString(point), wireString(Buffer.concat([seed, point])), wireString(comment)]
  const plain = Buffer.concat([check, check, ...fields])
  const padding = Buffer.from(Array.from({ length: (BLOCK - (plain.length % BLOCK)) % BLOCK }, (_, i) => i + 1))
  const file = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    ...[wireString('none'), wireString('none'), wireString(''), uint32(1), wireString(blob)],
    wireString(Buffer.concat([plain, padding])),
  ])
  const lines = file.toString('base64').match(/.{1,70}/g) ?? []
  return `${[BEGIN, ...lines, END].join('\n')}\n`
}

/**
 * The public half `TYPE BASE64` of a private key's file in OpenSSH's format, with or without a passphrase.
 * Undefined for any other format, or a damaged file.
 */
export function publicHalf(text: string): string | undefined {
  const body = new RegExp(`${BEGIN}([A-Za-z0-9+/=\\s]+)${END}`).exec(text)?.[1]
  if (body === undefined) return undefined
  const bytes = Buffer.from(body, 'base64')
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return undefined
  try {
    const reader = new WireReader(bytes, MAGIC.length)
    for (const _ of ['cipher', 'kdf', 'options']) reader.string()
    if (reader.uint32() !== 1) return undefined
    const blob = reader.string()
    return `${new WireReader(blob).string().toString('latin1')} ${blob.toString('base64')}`
  } catch {
    return undefined
  }
}
