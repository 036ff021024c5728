import { createHash } from 'node:crypto'
import { WireReader } from './wire.ts'

/** Kinds of keys that a current OpenSSH lets in by default. */
const TYPES: readonly string[] = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]

export class PublicKeyError extends Error {
  override name = 'PublicKeyError'
}

/**
 * Reads the text of a public key: exactly one line `TYPE BASE64 [COMMENT]`, as in a `.pub` file.
 *
 * @returns `TYPE BASE64`: the comment names a person or a machine, which is nobody's business.
 * @throws PublicKeyError with the reason, which repeats nothing of a text that may be a private key.
 */
export function parsePublicKey(text: string): string {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) throw new PublicKeyError('it is a private key')
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  if (lines.length === 0) throw new PublicKeyError('it holds no key')
  if (lines.length > 1) throw new PublicKeyError(`it holds ${lines.length} lines: only one key may log in`)
  const [type = '', base64 = ''] = (lines[0] as string).trim().split(/[ \t]+/)
  if (!TYPES.includes(type)) {
    const options = TYPES.some((known) => ` ${(lines[0] as string).replaceAll('\t', ' ')} `.includes(` ${known} `))
    if (options) throw new PublicKeyError('it has options before the key: give the key alone')
    throw new PublicKeyError(`it does not start with a type of key that sshd lets in (${TYPES.join(', ')})`)
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new PublicKeyError('what follows the type is not base64')
  if (typeInside(base64) !== type) throw new PublicKeyError(`the key is cut off, or no ${type} key`)
  return `${type} ${base64}`
}

/** `SHA256:…` of a key `TYPE BASE64`, as OpenSSH shows it. */
export function fingerprint(key: string): string {
  const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** The type that the key itself names; undefined when it is damaged. Every field has to be whole. */
function typeInside(base64: string): string | undefined {
  try {
    const reader = new WireReader(Buffer.from(base64, 'base64'))
    const type = reader.string().toString('latin1')
    let fields = 0
    for (; reader.left > 0; fields++) reader.string()
    return fields > 0 ? type : undefined
  } catch {
    return undefined
  }
}
