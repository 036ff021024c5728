import { readFile } from 'node:fs/promises'
import ssh2, { type ParsedKey } from 'ssh2'

/** Why a key file is of no use; tells a caller whether to pass over it or to stop. */
export class KeyError extends Error {
  override name = 'KeyError'
  readonly kind: 'missing' | 'unreadable' | 'unsupported' | 'passphrase'

  constructor(kind: KeyError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

/** Asks for the passphrase of a key file; undefined when there is nobody to ask. */
export type AskPassphrase = (path: string) => Promise<string | undefined>

/** A key file as read: usable, or still locked by its passphrase. */
export type KeyFile = { readonly key: ParsedKey } | { readonly locked: Buffer }

/** Private keys of a run: each file is read and parsed once, and its passphrase asked for once, whatever the number of hosts. */
export class KeyFiles {
  readonly #files = new Map<string, Promise<KeyFile>>()
  readonly #unlocked = new Map<string, Promise<ParsedKey>>()
  readonly #publicParts = new Map<string, Promise<string>>()
  readonly #ask: AskPassphrase
  /** One question at a time. */
  #asking: Promise<unknown> = Promise.resolve()

  constructor(ask: AskPassphrase) {
    this.#ask = ask
  }

  /** Reads without asking anybody. Rejects with KeyError. */
  read(path: string): Promise<KeyFile> {
    let file = this.#files.get(path)
    if (!file) {
      file = readKey(path)
      this.#files.set(path, file)
    }
    return file
  }

  /** The key, asking for its passphrase when it has one. Rejects with KeyError. */
  load(path: string): Promise<ParsedKey> {
    let key = this.#unlocked.get(path)
    if (!key) {
      key = this.read(path).then((file) => ('key' in file ? file.key : this.#unlock(path, file.locked)))
      this.#unlocked.set(path, key)
    }
    return key
  }

  /** The public key (base64 wire form) beside a private one, or the file itself when it is public; empty when there is none. */
  publicPart(path: string): Promise<string> {
    let part = this.#publicParts.get(path)
    if (!part) {
      part = readPublicPart(path)
      this.#publicParts.set(path, part)
    }
    return part
  }

  #unlock(path: string, locked: Buffer): Promise<ParsedKey> {
    const mine = this.#asking.then(async () => {
      const passphrase = await this.#ask(path)
      if (passphrase === undefined) throw new KeyError('passphrase', `the key ${path} needs a passphrase`)
      const key = parse(locked, passphrase)
      // The file parsed but for its passphrase: what fails now is the passphrase.
      if (key instanceof Error) throw new KeyError('passphrase', `wrong passphrase for the key ${path}`)
      return whole(path, key)
    })
    this.#asking = mine.catch(() => {})
    return mine
  }
}

async function readKey(path: string): Promise<KeyFile> {
  const text = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
    const what = missing ? 'does not exist' : `can't be read (${error.code})`
    throw new KeyError(missing ? 'missing' : 'unreadable', `the key ${path} ${what}`)
  })
  // The kind stands in clear before any passphrase is asked for.
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(text.toString('latin1'))?.[1] ?? ''
  if (/sk-(ssh|ecdsa)-/.test(Buffer.from(body, 'base64').toString('latin1'))) {
    throw new KeyError('unsupported', `the key ${path} lives on a FIDO token (sk-), which is not supported`)
  }
  const key = parse(text)
  if (!(key instanceof Error)) return { key: whole(path, key) }
  if (/no passphrase given/.test(key.message)) return { locked: text }
  throw new KeyError('unsupported', `${path} is no private key of a kind that is supported (${key.message})`)
}

function parse(text: Buffer, passphrase?: string): ParsedKey | Error {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  return Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed
}

function whole(path: string, key: ParsedKey): ParsedKey {
  if (!key.isPrivateKey()) throw new KeyError('unsupported', `${path} is a public key; name the private one`)
  return key
}

async function readPublicPart(path: string): Promise<string> {
  for (const file of [`${path}.pub`, path]) {
    const text = await readFile(file).catch(() => undefined)
    const parsed: ParsedKey | ParsedKey[] | Error | undefined = text && ssh2.utils.parseKey(text)
    if (parsed && !(parsed instanceof Error)) {
      return (Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed).getPublicSSH().toString('base64')
    }
  }
  return ''
}
