import { argv } from '../quote.ts'
import type { SshLink } from '../ssh/link.ts'
import { type CommandResult, type ImageRunOptions, type ImageSession, RemoteError } from '../types.ts'

/** Bytes of each stream that a result keeps. */
const KEPT = 1 << 20
/** A longer line is cut: nothing in the image writes one. */
const LINE = 16 * 1024

/**
 * Programs run in a host's upgrade image, each on a channel of its own. The framed shell that systems get is not used there: it wants
 * programs that an image need not have.
 */
export class LinkedImage implements ImageSession {
  readonly host: string
  readonly #link: SshLink

  constructor(host: string, link: SshLink) {
    this.host = host
    this.#link = link
  }

  async run(command: readonly string[], options: ImageRunOptions = {}): Promise<CommandResult> {
    const { signal, onLine = () => {}, idleMs } = options
    const pipe = await this.#link.exec(argv(command))
    const stdout = new Kept(onLine)
    const stderr = new Kept(() => {})
    let cause: RemoteError | undefined
    const give = (error: RemoteError) => {
      cause ??= error
      pipe.destroy()
      ended()
    }
    let ended = () => {}
    const given = new Promise<void>((resolve) => {
      ended = resolve
    })
    let timer: NodeJS.Timeout | undefined
    const heard = () => {
      if (idleMs === undefined) return
      clearTimeout(timer)
      timer = setTimeout(() => give(this.#lost(`nothing came for ${Math.round(idleMs / 1000)} s`)), idleMs)
    }
    const onAbort = () => give(new RemoteError('aborted', this.host, 'cancelled by the operator'))
    heard()
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    pipe.stdout.on('data', (chunk: Buffer) => {
      heard()
      stdout.push(chunk)
    })
    pipe.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    pipe.stdin.on('error', () => {})
    pipe.stdin.end()
    try {
      const closed = await Promise.race([pipe.closed, given])
      if (cause) throw cause
      if (!closed || closed.code === null) throw this.#lost('the connection was lost')
      stdout.end()
      const truncated = stdout.truncated || stderr.truncated
      return { code: closed.code, stdout: stdout.text, stderr: stderr.text, truncated }
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  close(): void {
    this.#link.close()
  }

  #lost(what: string): RemoteError {
    return new RemoteError('lost', this.host, `the upgrade image: ${what}`)
  }
}

/** One stream: its lines as they come, and its beginning as text. */
class Kept {
  readonly #onLine: (line: string) => void
  readonly #chunks: Buffer[] = []
  readonly #decoder = new TextDecoder()
  #size = 0
  #rest = ''
  truncated = false

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }

  push(chunk: Buffer): void {
    if (this.#size < KEPT) this.#chunks.push(chunk.subarray(0, KEPT - this.#size))
    this.#size += chunk.length
    this.truncated = this.#size > KEPT
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, LINE)
    for (const line of lines) this.#onLine(line.slice(0, LINE))
  }

  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
  }
}
