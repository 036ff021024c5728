import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { sanitise } from '../sanitise.ts'
import { RemoteError } from '../types.ts'
import type { Pipe } from '../wire/pipe.ts'

/** Opening a channel takes two round trips; a server that takes longer than this is stuck. */
const CHANNEL_TIMEOUT_MS = 30_000

/** An open SSH connection. Knows by itself when it died: ssh2's and node-ssh's own ideas of that are not to be relied on. */
export class SshLink {
  readonly #client: Client
  readonly #host: string
  #alive = true
  /** The last error of the connection, for messages. */
  #cause = ''

  constructor(client: Client, host: string) {
    this.#client = client
    this.#host = host
    // For life: an unheard `error` (a keepalive that is overdue) would end the whole controller.
    client.on('error', (error) => {
      this.#alive = false
      this.#cause = `: ${sanitise(error.message)}`
    })
    const gone = () => {
      this.#alive = false
    }
    client.on('end', gone)
    client.on('close', gone)
    client.setMaxListeners(0)
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Starts a command on a channel of its own. Rejects with RemoteError `lost`. */
  async exec(command: string): Promise<Pipe> {
    const channel = await this.#open<ClientChannel>((done) => this.#client.exec(command, done))
    return channelPipe(channel)
  }

  /** A connection from the other end to a host behind it. */
  forward(host: string, port: number): Promise<Duplex> {
    return this.#open<ClientChannel>((done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done))
  }

  close(): void {
    this.#alive = false
    this.#client.end()
  }

  #open<T>(start: (done: (error: Error | undefined, channel: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new RemoteError('lost', this.#host, `the connection gave no channel${why}`))
      if (!this.#alive) {
        fail(this.#cause || ': it is closed')
        return
      }
      const timer = setTimeout(() => fail(' in time'), CHANNEL_TIMEOUT_MS)
      try {
        start((error, channel) => {
          clearTimeout(timer)
          if (error) fail(`: ${sanitise(error.message)}`)
          else resolve(channel)
        })
      } catch (error) {
        clearTimeout(timer)
        fail(`: ${sanitise((error as Error).message)}`)
      }
    })
  }
}

function channelPipe(channel: ClientChannel): Pipe {
  let code: number | null = null
  channel.on('exit', (status: number | null) => {
    code = status
  })
  // An error of the stream is followed by its close; what it means is told there.
  channel.on('error', () => {})
  const closed = new Promise<{ code: number | null }>((resolve) => channel.on('close', () => resolve({ code })))
  return { stdin: channel, stdout: channel, stderr: channel.stderr, closed, destroy: () => channel.close() }
}
