import { homedir } from 'node:os'
import { LinkedImage } from './image/session.ts'
import { HostApplySession, HostCheckSession } from './session/session.ts'
import { SshTransport, type Transport } from './session/transport.ts'
import { Dialer } from './ssh/dial.ts'
import type { HostTarget } from './target.ts'
import type { Answer, ApplySession, CheckSession, ImageIdentity } from './types.ts'
import { localPipe } from './wire/local.ts'

export interface ConnectorOptions {
  /** Files unknown host keys instead of refusing them. Changed keys are refused all the same. */
  readonly acceptNewHostKeys?: boolean | undefined
  readonly secrets?: {
    /** Asks for the passphrase of a private key; undefined when there is nobody to ask. */
    passphrase(path: string): Promise<string | undefined>
  }
  /** Private key files that may open upgrade images, beside the keys that open the hosts. */
  readonly imageKeys?: readonly string[] | undefined
  /** Something the operator should see although nothing failed, once for each host. */
  readonly onNotice?: ((host: string, text: string) => void) | undefined
  /** Home directory whose .ssh/config is read; default: the user's. */
  readonly home?: string | undefined
}

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined
}

/** Opens sessions to the hosts of a run. One for the whole run: it holds what the fleet shares (keys, known hosts, jump hosts). */
export class Connector {
  readonly #dialer: Dialer

  constructor(options: ConnectorOptions = {}) {
    this.#dialer = new Dialer({
      home: options.home ?? homedir(),
      acceptNewHostKeys: options.acceptNewHostKeys ?? false,
      imageKeys: options.imageKeys ?? [],
      passphrase: options.secrets?.passphrase ?? (async () => undefined),
      notice: options.onNotice ?? (() => {}),
    })
  }

  /** Connects for looking only: nothing reachable from the session can write. Rejects with RemoteError. */
  async connectReadOnly(target: HostTarget, { signal }: ConnectOptions = {}): Promise<CheckSession> {
    return new HostCheckSession(target.name, await this.#transport(target, signal))
  }

  /** Connects for acting. Rejects with RemoteError. */
  async connect(target: HostTarget, { signal }: ConnectOptions = {}): Promise<ApplySession> {
    return new HostApplySession(target.name, await this.#transport(target, signal))
  }

  /**
   * Asks who answers at a host's address: its system, or its upgrade image, which is told by exactly the host key that is given for it.
   * Without an image only the system can answer. Rejects with RemoteError; a key that is neither's is `host_key`, as ever.
   */
  async answer(target: HostTarget, image: ImageIdentity | undefined, { signal }: ConnectOptions = {}): Promise<Answer> {
    if (target.connection === 'local') return { from: 'system' }
    if (!image) {
      ;(await this.#dialer.dial(target, signal)).close()
      return { from: 'system' }
    }
    const { from, link } = await this.#dialer.dialEither(target, image, signal)
    if (from === 'image') return { from, session: new LinkedImage(target.name, link) }
    link.close()
    return { from }
  }

  /** Ends what hosts share. Sessions are closed by whoever opened them. */
  close(): Promise<void> {
    return this.#dialer.close()
  }

  async #transport(target: HostTarget, signal: AbortSignal | undefined): Promise<Transport> {
    if (target.connection === 'local') return { exec: async (command) => localPipe(command), close: () => {} }
    const transport = new SshTransport((again) => this.#dialer.dial(target, again))
    await transport.link(signal)
    return transport
  }
}
