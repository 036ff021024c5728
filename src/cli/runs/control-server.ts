import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { ControlPort, SteeringAnswer } from '../../events/commands.ts'
import { steeringCommand } from './control-command.ts'
import { controlPath, type SocketPath } from './control-path.ts'

/** Bytes of a command, with its line end. */
const LONGEST = 4096
/** Commands of one connection. */
const MOST_COMMANDS = 100
const MOST_CONNECTIONS = 16
const IDLE_MS = 10_000

/**
 * Takes commands from other shells of the same user while a run goes on: a unix socket (0600) in the run's directory (0700), one JSON command
 * per line, one JSON answer per line. Whatever is sent there, the run goes on: sizes, commands, connections and time are bounded.
 */
export class ControlServer {
  readonly #port: ControlPort
  readonly #server: Server
  readonly #open = new Set<Socket>()
  #where: SocketPath | undefined

  /** `failed` hears, once, why there is no socket: the run goes on without. */
  constructor(dir: string, port: ControlPort, failed: (why: string) => void) {
    this.#port = port
    this.#server = createServer((socket) => this.#talk(socket))
    this.#server.maxConnections = MOST_CONNECTIONS
    this.#server.on('error', (error) => failed(error.message))
    this.#server.unref()
    try {
      const where = controlPath(dir)
      this.#where = where
      // Bound at once, in this call; nobody else can look into the directory meanwhile.
      this.#server.listen(where.path)
      chmodSync(where.path, 0o600)
    } catch (error) {
      failed((error as Error).message)
    }
  }

  /** Takes the socket away, at once. Safe to call more than once. */
  close(): void {
    const where = this.#where
    if (!where) return
    this.#where = undefined
    rmSync(where.path, { force: true })
    this.#server.close(() => where.close())
    for (const socket of this.#open) socket.destroy()
  }

  #talk(socket: Socket): void {
    this.#open.add(socket)
    socket.unref()
    socket.on('close', () => this.#open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    let rest: Buffer = Buffer.alloc(0)
    let commands = 0
    socket.on('data', (piece: Buffer) => {
      rest = Buffer.concat([rest, piece])
      for (;;) {
        const end = rest.indexOf(10)
        if (end > LONGEST || (end < 0 && rest.length > LONGEST)) return hangUp(socket, 'the command is too long')
        if (end < 0) return
        const line = rest.toString('utf8', 0, end)
        rest = rest.subarray(end + 1)
        if (++commands > MOST_COMMANDS) return hangUp(socket, 'too many commands; connect again')
        socket.write(answerLine(this.#answer(line)))
      }
    })
  }

  #answer(line: string): SteeringAnswer {
    let said: unknown
    try {
      said = JSON.parse(line)
    } catch {
      return { accepted: false, message: 'not JSON' }
    }
    const parsed = steeringCommand.safeParse(said)
    if (!parsed.success) return { accepted: false, message: 'not a command that this version knows' }
    return this.#port(parsed.data, 'shell')
  }
}

function hangUp(socket: Socket, message: string): void {
  socket.removeAllListeners('data')
  socket.resume()
  socket.end(answerLine({ accepted: false, message }))
}

function answerLine({ accepted, message }: SteeringAnswer): string {
  return `${JSON.stringify({ accepted, message })}\n`
}
