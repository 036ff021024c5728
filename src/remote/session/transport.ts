import type { SshLink } from '../ssh/link.ts'
import type { Pipe } from '../wire/pipe.ts'

/** What commands of one host run over: opened when first needed, opened again after it was lost. */
export interface Transport {
  exec(command: string, signal?: AbortSignal): Promise<Pipe>
  close(): void
}

/** A host over SSH: one connection, shared by all its channels. */
export class SshTransport implements Transport {
  readonly #dial: (signal?: AbortSignal) => Promise<SshLink>
  #link: SshLink | undefined
  #dialling: Promise<SshLink> | undefined

  constructor(dial: (signal?: AbortSignal) => Promise<SshLink>) {
    this.#dial = dial
  }

  /** The open connection. Rejects with RemoteError. */
  async link(signal?: AbortSignal): Promise<SshLink> {
    if (this.#link?.alive) return this.#link
    this.#link?.close()
    this.#dialling ??= this.#dial(signal).finally(() => {
      this.#dialling = undefined
    })
    this.#link = await this.#dialling
    return this.#link
  }

  async exec(command: string, signal?: AbortSignal): Promise<Pipe> {
    return (await this.link(signal)).exec(command)
  }

  close(): void {
    this.#link?.close()
  }
}
