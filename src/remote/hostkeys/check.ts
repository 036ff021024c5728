import { randomBytes } from 'node:crypto'
import { RemoteError } from '../types.ts'
import { hashName, knownHostName, parseKnownHosts } from './entry.ts'
import { fingerprint, keyType } from './fingerprint.ts'
import type { KnownHostStore } from './store.ts'

/** How the key of one hop is to be judged. */
export interface HostKeyRules {
  /** `strict`: must be on file. `accept-new`: an unknown key is filed, a changed one refused. `off`: not checked. */
  readonly policy: 'strict' | 'accept-new' | 'off'
  /** Files to look in; the first is the one that new keys go to. */
  readonly files: readonly string[]
  /** Name under which the key is filed, instead of host and port. */
  readonly alias?: string | undefined
  /** File new names as hashes. */
  readonly hash: boolean
}

/** What a hop's key is judged by. One instance for each connect. */
export interface KeyJudge {
  /** Resolves when the key is to be trusted; rejects with RemoteError `host_key`. */
  verify(key: Buffer): Promise<void>
  /** Key types to be offered first. Rejects with RemoteError when a file can't be read. */
  knownTypes(): Promise<string[]>
  /** Key types to try again with. */
  readonly retryTypes: readonly string[] | undefined
}

/** Checks the key that a hop presented against the known hosts. */
export class HostKeyCheck implements KeyJudge {
  readonly #store: KnownHostStore
  readonly #rules: HostKeyRules
  readonly #host: string
  readonly #name: string
  /** Key types to try again with: the host is on file with another type than the one it presented. */
  retryTypes: readonly string[] | undefined

  /** `host` names the host in messages; `address` and `port` are what is connected to. */
  constructor(store: KnownHostStore, rules: HostKeyRules, host: string, address: string, port: number) {
    this.#store = store
    this.#rules = rules
    this.#host = host
    this.#name = rules.alias ? rules.alias.toLowerCase() : knownHostName(address, port)
  }

  /** Key types on file, to be offered first. Rejects with RemoteError when a file can't be read. */
  async knownTypes(): Promise<string[]> {
    if (this.#rules.policy === 'off') return []
    return (await this.#index()).types(this.#name)
  }

  /** Resolves when the key is to be trusted; rejects with RemoteError `host_key`. */
  async verify(key: Buffer): Promise<void> {
    if (this.#rules.policy === 'off') return
    const type = keyType(key)
    const verdict = (await this.#index()).judge(this.#name, type, key.toString('base64'))
    if (verdict.kind === 'known') return
    if (verdict.kind === 'revoked') {
      throw this.#error(
        `the host presented a revoked key: ${type} ${fingerprint(key)}, revoked at ${verdict.entry.file}:${verdict.entry.line}`,
        'do not connect before you know why; give the host a new key',
      )
    }
    if (verdict.kind === 'unknown') return this.#unknown(key, type)
    const entry = verdict.kind === 'changed' ? verdict.entry : verdict.entries[0]
    if (verdict.kind === 'other_type') this.retryTypes = [...new Set(verdict.entries.map((known) => known.type))]
    throw this.#error(
      `HOST KEY CHANGED: the host presented ${type} ${fingerprint(key)}, ` +
        `but known is ${entry?.type} ${fingerprint(entry?.key ?? '')} (${entry?.file}:${entry?.line})`,
      `somebody may be in between. If the host was reinstalled, check the new fingerprint on its console, then: ` +
        `ssh-keygen -R '${this.#name}' -f ${entry?.file}`,
    )
  }

  async #unknown(key: Buffer, type: string): Promise<void> {
    if (this.#rules.policy === 'strict') {
      throw this.#error(
        `the host's key is not known: ${type} ${fingerprint(key)} (looked for ${this.#name} in ${this.#rules.files.join(', ')})`,
        'check the fingerprint on the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then run with --accept-new-host-keys',
      )
    }
    const file = this.#rules.files[0]
    if (!file) throw this.#error('there is no known_hosts file to add the new key to', 'set UserKnownHostsFile')
    try {
      const line = `${this.#filedName()} ${type} ${key.toString('base64')}`
      await this.#store.accept(file, line)
      // The file is not read again: a reconnect of this run must find the key, and notice another one.
      for (const entry of parseKnownHosts(line, file)) (await this.#index()).add(entry)
    } catch (error) {
      throw this.#error(`the new host key can't be added to ${file}: ${(error as Error).message}`, undefined)
    }
  }

  #filedName(): string {
    if (!this.#rules.hash) return this.#name
    const salt = randomBytes(20)
    return `|1|${salt.toString('base64')}|${hashName(this.#name, salt).toString('base64')}`
  }

  async #index() {
    return this.#store.index(this.#rules.files).catch((error: Error) => {
      throw this.#error(`host keys can't be checked: ${error.message}`, 'make the known_hosts file readable')
    })
  }

  #error(message: string, remedy: string | undefined): RemoteError {
    return new RemoteError('host_key', this.#host, message, remedy)
  }
}
