import type { Duplex } from 'node:stream'
import PQueue from 'p-queue'
import { HostKeyCheck, type KeyJudge } from '../hostkeys/check.ts'
import { KnownHostStore } from '../hostkeys/store.ts'
import { ImageOrSystem } from '../image/key-judge.ts'
import { ImageOrSystemLogin, imageCredentials } from '../image/login.ts'
import { Agents } from '../login/agent.ts'
import { gatherCredentials } from '../login/credentials.ts'
import { type AskPassphrase, KeyError, KeyFiles } from '../login/keyFile.ts'
import { type Login, LoginPlan } from '../login/plan.ts'
import type { HostTarget } from '../target.ts'
import { type ImageIdentity, RemoteError } from '../types.ts'
import { SshConfig } from './config.ts'
import { connectHop } from './connect.ts'
import type { SshLink } from './link.ts'
import { type PlannedHop, planRoute } from './route.ts'

export interface DialerOptions {
  readonly home: string
  readonly acceptNewHostKeys: boolean
  readonly passphrase: AskPassphrase
  /** Private keys that may open upgrade images. */
  readonly imageKeys: readonly string[]
  /** Something the operator should see although nothing failed: a host key that is not checked. */
  readonly notice: (host: string, text: string) => void
}

const CONNECT_TIMEOUT_MS = 20_000
const ALIVE_INTERVAL_MS = 15_000
/** Logins through one jump host at a time: its own sshd, and those behind it, drop what is not logged in beyond about ten. */
const LOGINS_PER_JUMP = 8

/** Judge and login of one connection. */
interface Entry {
  readonly judge: KeyJudge
  readonly login: Login
}

/** A host that may answer from its upgrade image: the judge of each try is handed to `tried`. */
interface ImageHop {
  readonly identity: ImageIdentity
  readonly tried: (judge: ImageOrSystem) => void
}

interface HopOptions {
  /** Through a jump host. */
  readonly via?: { readonly socket: Duplex; readonly again: () => Promise<Duplex> } | undefined
  readonly image?: ImageHop | undefined
  readonly signal?: AbortSignal | undefined
}

interface Jump {
  readonly link: Promise<SshLink>
  readonly logins: PQueue
}

/** Opens SSH connections, through jump hosts where configured. Holds what a run shares: ssh_config, keys, agents, known hosts, jump hosts. */
export class Dialer {
  readonly #options: DialerOptions
  readonly #config: SshConfig
  readonly #keys: KeyFiles
  readonly #agents = new Agents()
  readonly #knownHosts = new KnownHostStore()
  readonly #jumps = new Map<string, Jump>()
  readonly #told = new Set<string>()

  constructor(options: DialerOptions) {
    this.#options = options
    this.#config = new SshConfig(options.home)
    this.#keys = new KeyFiles(options.passphrase)
  }

  /** Rejects with RemoteError: unreachable, host_key, auth or aborted. */
  dial(target: HostTarget, signal?: AbortSignal): Promise<SshLink> {
    return this.#dial(target, undefined, signal)
  }

  /** Connects to whoever answers at the host's address: its system, or its upgrade image. Rejects like `dial`. */
  async dialEither(
    target: HostTarget,
    identity: ImageIdentity,
    signal?: AbortSignal,
  ): Promise<{ readonly from: 'system' | 'image'; readonly link: SshLink }> {
    let judge: ImageOrSystem | undefined
    const tried = (latest: ImageOrSystem) => {
      judge = latest
    }
    const link = await this.#dial(target, { identity, tried }, signal)
    return { from: judge?.answered === 'image' ? 'image' : 'system', link }
  }

  async #dial(target: HostTarget, image: ImageHop | undefined, signal?: AbortSignal): Promise<SshLink> {
    const hops = await planRoute(target, this.#config, this.#options.acceptNewHostKeys)
    const jumps = hops.slice(0, -1)
    const last = hops.at(-1) as PlannedHop
    if (jumps.length === 0) return this.#hop(target, last, { image, signal })
    const jump = this.#jump(target, jumps)
    return (await jump.logins.add(() => this.#through(target, jump, last, { image, signal }))) as SshLink
  }

  /** Ends the connections to jump hosts, and with them all that go through them. */
  async close(): Promise<void> {
    const jumps = [...this.#jumps.values()]
    this.#jumps.clear()
    for (const { link } of jumps) await link.then((open) => open.close()).catch(() => {})
  }

  /** The shared connection to the last of some jump hosts. One that failed or died is tried anew by the next host. */
  #jump(target: HostTarget, hops: readonly PlannedHop[]): Jump {
    const key = hops.map(({ route }) => `${route.user}@${route.hostname}:${route.port}`).join(',')
    const known = this.#jumps.get(key)
    if (known) return known
    const last = hops.at(-1) as PlannedHop
    const before = hops.slice(0, -1)
    const link =
      before.length > 0 ? this.#through(target, this.#jump(target, before), last, {}) : this.#hop(target, last, {})
    const jump: Jump = { link, logins: new PQueue({ concurrency: LOGINS_PER_JUMP }) }
    this.#jumps.set(key, jump)
    link.catch(() => this.#jumps.delete(key))
    return jump
  }

  async #through(target: HostTarget, jump: Jump, hop: PlannedHop, how: HopOptions): Promise<SshLink> {
    const via = await jump.link.catch((error: RemoteError) => {
      throw new RemoteError(error.kind, target.name, `its jump host: ${error.message}`, error.remedy)
    })
    if (!via.alive) this.#forget(jump)
    const { hostname, port } = hop.route
    const socket = await via.forward(hostname, port).catch((error: RemoteError) => {
      throw new RemoteError(
        'unreachable',
        target.name,
        `${hostname} port ${port}, through its jump host: ${error.message}`,
      )
    })
    return this.#hop(target, hop, { ...how, via: { socket, again: () => via.forward(hostname, port) } })
  }

  #forget(jump: Jump): void {
    for (const [key, known] of this.#jumps) if (known === jump) this.#jumps.delete(key)
  }

  async #hop(target: HostTarget, planned: PlannedHop, { via, image, signal }: HopOptions): Promise<SshLink> {
    const { route, settings, hostKeys } = planned
    const { hostname, port, user } = route
    if (hostKeys.policy === 'off') this.#notice(target.name, `the host key of ${hostname} is not checked`)
    const { credentials, notes } = await this.#credentials(target, planned)
    const root = image && (await imageCredentials(image.identity, credentials, this.#options.imageKeys, this.#keys))
    const enter = (): Entry => {
      const check = new HostKeyCheck(this.#knownHosts, hostKeys, target.name, hostname, port)
      if (!image || !root) return { judge: check, login: new LoginPlan(credentials) }
      const judge = new ImageOrSystem(check, image.identity.hostKey)
      image.tried(judge)
      return { judge, login: new ImageOrSystemLogin(judge, root, credentials) }
    }
    const connect = async ({ judge, login }: Entry, keyTypes: readonly string[], socket: Duplex | undefined) => {
      try {
        return await connectHop({
          host: target.name,
          address: hostname,
          port,
          user,
          family: settings.family,
          login,
          hostKey: judge,
          keyTypes,
          socket,
          timeoutMs: target.connectTimeoutMs ?? settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
          aliveIntervalMs: settings.aliveIntervalMs ?? ALIVE_INTERVAL_MS,
          aliveCountMax: settings.aliveCountMax,
          signal,
        })
      } catch (error) {
        if (!(error instanceof RemoteError) || error.kind !== 'auth' || notes.length === 0) throw error
        throw new RemoteError('auth', error.host, `${error.message}; passed over: ${notes.join('; ')}`, error.remedy)
      }
    }
    const first = enter()
    try {
      return await connect(first, await first.judge.knownTypes(), via?.socket)
    } catch (error) {
      // On file with another type than the one it presented, found only by hashed names: ask for that type before crying wolf.
      const { retryTypes } = first.judge
      if (!retryTypes) throw error
      return connect(enter(), retryTypes, await via?.again())
    }
  }

  async #credentials(target: HostTarget, { route, settings, identityFiles, password }: PlannedHop) {
    try {
      const shared = { files: this.#keys, agents: this.#agents }
      return await gatherCredentials({ identityFiles, password }, settings, route, shared)
    } catch (error) {
      if (!(error instanceof KeyError)) throw error
      throw new RemoteError('auth', target.name, error.message, KEY_REMEDY[error.kind])
    }
  }

  #notice(host: string, text: string): void {
    if (this.#told.has(host + text)) return
    this.#told.add(host + text)
    this.#options.notice(host, text)
  }
}

const KEY_REMEDY: Readonly<Record<KeyError['kind'], string>> = {
  missing: 'check --private-key and ansible_private_key_file',
  unreadable: 'check its permissions',
  unsupported: 'use a plain ed25519, ECDSA or RSA key, or load it into an ssh-agent',
  passphrase: 'give the right passphrase, or load the key into an ssh-agent',
}
