import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2'

/** An ssh-agent whose keys were listed once. */
export interface AgentKeys {
  readonly socket: string
  readonly keys: readonly ParsedKey[]
}

/** The agents of a run by socket path, each asked once. One that does not answer has no keys: it must not fail a login that needs none. */
export class Agents {
  readonly #agents = new Map<string, Promise<AgentKeys>>()

  at(socket: string): Promise<AgentKeys> {
    let agent = this.#agents.get(socket)
    if (!agent) {
      agent = list(socket)
      this.#agents.set(socket, agent)
    }
    return agent
  }
}

function list(socket: string): Promise<AgentKeys> {
  return new Promise((resolve) => {
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys) => {
      resolve({ socket, keys: error ? [] : ((keys as ParsedKey[] | undefined) ?? []) })
    })
  })
}

/** Offers some of an agent's keys, without asking the agent again which it has. */
export class OfferedKeys extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: InstanceType<typeof ssh2.OpenSSHAgent>
  readonly #keys: readonly ParsedKey[]

  constructor(socket: string, keys: readonly ParsedKey[]) {
    super()
    this.#agent = new ssh2.OpenSSHAgent(socket)
    this.#keys = keys
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(undefined, [...this.#keys])
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options)
    else this.#agent.sign(key, data, options, done)
  }
}
