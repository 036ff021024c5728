import type { Mode } from '../events/types.ts'
import type { ValueMap } from '../expression/values.ts'
import type { ReadOnlyRemote, Remote } from '../remote/types.ts'
import type { BecomeWish } from './play-context.ts'
import type { EnginePorts, OpenSession } from './ports.ts'

/** A host as one user: for looking, and in apply mode for acting. */
export interface Access {
  /** Whose eyes the answers are seen with: a user to become, or empty for the login user. */
  readonly user: string
  readonly uid: number
  readonly readOnly: ReadOnlyRemote
  /** Absent in check mode: there is nothing that could write. */
  readonly writable: Remote | undefined
}

/** One connection per host for the whole run, opened when first needed. */
export class Sessions {
  readonly #ports: EnginePorts
  readonly #mode: Mode
  readonly #signal: AbortSignal
  readonly #open = new Map<string, Promise<OpenSession>>()

  constructor(ports: EnginePorts, mode: Mode, signal: AbortSignal) {
    this.#ports = ports
    this.#mode = mode
    this.#signal = signal
  }

  /** Throws RemoteError or, for connection variables that make no sense, UserError. */
  async access(host: string, variables: () => ValueMap, become: BecomeWish | undefined): Promise<Access> {
    let opening = this.#open.get(host)
    if (!opening) {
      opening = (async () => this.#ports.connect(host, variables(), this.#mode, this.#signal))()
      this.#open.set(host, opening)
    }
    const opened = await opening
    const user = become?.user ?? ''
    if (opened.mode === 'check') {
      const readOnly = await opened.session.readOnly(become)
      return { user, uid: await readOnly.uid(), readOnly, writable: undefined }
    }
    const writable = await opened.session.writable(become)
    return { user, uid: await writable.uid(), readOnly: writable, writable }
  }

  /** Gives up a host's connection, which opens again when it is next used: a link to a host that reboots may look alive for long. */
  async hangUp(host: string): Promise<void> {
    const opened = await this.#open.get(host)?.catch(() => undefined)
    if (opened) await opened.session.close()
    else this.#open.delete(host)
  }

  /** As `hangUp`, and what could not be opened of any host is tried again when it is next used: a step may be delegated. */
  async reopen(host: string): Promise<void> {
    for (const [name, opening] of this.#open) {
      opening.catch(() => this.#open.get(name) === opening && this.#open.delete(name))
    }
    await this.hangUp(host)
  }

  /** Closes what is open; a connection that never came up is no error here. */
  async close(host: string): Promise<void> {
    const opening = this.#open.get(host)
    this.#open.delete(host)
    if (!opening) return
    const opened = await opening.catch(() => undefined)
    await opened?.session.close()
  }
}
