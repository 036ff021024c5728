import type { ValueMap } from '../../../src/expression/values.ts'
import { Connector } from '../../../src/remote/connector.ts'
import { resolveTarget } from '../../../src/remote/target.ts'
import type { ApplySession, CheckSession } from '../../../src/remote/types.ts'
import type { SshServer } from './sshServer.ts'

/** Sessions to one test server that are all closed by `close`. */
export class Sessions {
  readonly #server: SshServer
  readonly #open: { close(): Promise<void> }[] = []

  constructor(server: SshServer) {
    this.#server = server
  }

  async apply(vars: ValueMap = {}): Promise<ApplySession> {
    const session = await this.#connector().connect(resolveTarget('web1', this.#server.vars(vars)))
    this.#open.push(session)
    return session
  }

  async check(vars: ValueMap = {}): Promise<CheckSession> {
    const session = await this.#connector().connectReadOnly(resolveTarget('web1', this.#server.vars(vars)))
    this.#open.push(session)
    return session
  }

  async close(): Promise<void> {
    for (const one of this.#open.splice(0).reverse()) await one.close()
  }

  #connector(): Connector {
    const connector = new Connector()
    this.#open.push(connector)
    return connector
  }
}
