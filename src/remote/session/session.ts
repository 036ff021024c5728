import PQueue from 'p-queue'
import { FencedShell, type HeldLock } from '../fence.ts'
import type { ApplySession, Become, CheckSession, ReadOnlyRemote, Remote } from '../types.ts'
import { FrameShell } from '../wire/shell.ts'
import { HostRemote } from './hostRemote.ts'
import { openLoop } from './opener.ts'
import { ProbeRemote } from './probe.ts'
import type { Transport } from './transport.ts'

/** From asking for a shell to its greeting: logging in as another user may ask a directory server. */
const OPEN_TIMEOUT_MS = 60_000

function shellOf(host: string, transport: Transport, become: Become | undefined, readOnly: boolean): FrameShell {
  return new FrameShell((signal) => {
    const exec = (command: string) => transport.exec(command, signal)
    return openLoop({ host, exec, become, readOnly, timeoutMs: OPEN_TIMEOUT_MS }, signal)
  })
}

/** Users are told apart by all that concerns becoming them. */
function keyOf(become: Become | undefined): string {
  return become ? JSON.stringify([become.user, become.exe, become.flags, become.password]) : ''
}

/** A host that is only looked at: every shell of it is opened inside the sandbox. */
export class HostCheckSession implements CheckSession {
  readonly host: string
  readonly #transport: Transport
  readonly #shells = new Map<string, FrameShell>()

  constructor(host: string, transport: Transport) {
    this.host = host
    this.#transport = transport
  }

  async readOnly(become?: Become): Promise<ReadOnlyRemote> {
    const key = keyOf(become)
    let shell = this.#shells.get(key)
    if (!shell) {
      shell = shellOf(this.host, this.#transport, become, true)
      this.#shells.set(key, shell)
    }
    await shell.channel()
    return new ProbeRemote(this.host, shell)
  }

  async close(): Promise<void> {
    for (const shell of this.#shells.values()) shell.close()
    this.#transport.close()
  }
}

/** Big files that travel at a time to one host, each on a channel of its own: sshd allows ten in all. */
const BULK_CHANNELS = 3

/** A host that can be changed. */
export class HostApplySession implements ApplySession {
  readonly host: string
  readonly #transport: Transport
  readonly #remotes = new Map<string, { readonly remote: HostRemote; readonly shell: FrameShell }>()
  readonly #held: HeldLock = { token: undefined, settled: false }
  readonly #uploads = new PQueue({ concurrency: BULK_CHANNELS })

  constructor(host: string, transport: Transport) {
    this.host = host
    this.#transport = transport
  }

  readOnly(become?: Become): Promise<ReadOnlyRemote> {
    return this.writable(become)
  }

  async writable(become?: Become): Promise<Remote> {
    const key = keyOf(become)
    let entry = this.#remotes.get(key)
    if (!entry) {
      const shell = shellOf(this.host, this.#transport, become, false)
      const fence = (one: FrameShell) => new FencedShell(this.host, one, this.#held)
      const bulk = () => fence(shellOf(this.host, this.#transport, become, false))
      entry = {
        shell,
        remote: new HostRemote({ shell, fenced: fence(shell), bulk, held: this.#held, uploads: this.#uploads }),
      }
      this.#remotes.set(key, entry)
    }
    await entry.shell.channel()
    return entry.remote
  }

  async close(): Promise<void> {
    for (const { shell } of this.#remotes.values()) shell.close()
    this.#transport.close()
  }
}
