import type { Buffer } from 'node:buffer'
import { RemoteError } from '../types.ts'
import { encodeFrame, freshNonce, type WireSection } from './frame.ts'
import type { Pipe } from './pipe.ts'
import type { Splitter, StreamPart } from './splitter.ts'
import { write } from './write.ts'

/** A section's outcome, undecoded. */
export interface RawResult {
  readonly ran: boolean
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly truncated: boolean
}

/** What the loop told about its process, so that a later channel can stop what hangs in it. */
export interface Greeting {
  readonly pid: string
  readonly group: string
  readonly startTime: string
  readonly uid: number
}

/** Told of each section as soon as its result is there; must not throw. */
export type OnResult = (index: number, result: RawResult) => void

interface Pending {
  readonly sections: readonly WireSection[]
  readonly stdout: StreamPart[]
  readonly stderr: StreamPart[]
  readonly resolve: (results: RawResult[]) => void
  readonly reject: (error: RemoteError) => void
  readonly detach: () => void
  readonly onResult: OnResult | undefined
  readonly results: RawResult[]
}

/** Frames in order over one running loop (loop.ts). Any deviation ends it: a dead channel is never used again. */
export class FrameChannel {
  readonly #host: string
  readonly #pipe: Pipe
  readonly #out: Splitter
  readonly #err: Splitter
  readonly #queue: Pending[] = []
  readonly greeting: Greeting
  #dead: RemoteError | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  /** Takes over a pipe whose loop has greeted; see open.ts. */
  constructor(host: string, pipe: Pipe, out: Splitter, err: Splitter, greeting: Greeting) {
    this.#host = host
    this.#pipe = pipe
    this.#out = out
    this.#err = err
    this.greeting = greeting
    pipe.stdout.on('data', (chunk: Buffer) => this.#take(out, chunk))
    pipe.stderr.on('data', (chunk: Buffer) => this.#take(err, chunk))
    pipe.stdin.on('error', () => this.#die(this.#lost()))
    void pipe.closed.then(() => this.#die(this.#lost()))
  }

  /** Why the channel can't be used any more. */
  get dead(): RemoteError | undefined {
    return this.#dead
  }

  /** Sends a frame; several may be under way. Rejects with RemoteError and ends the channel when it is overdue, aborted or answered wrongly. */
  send(sections: readonly WireSection[], cap: number, signal?: AbortSignal, onResult?: OnResult): Promise<RawResult[]> {
    if (this.#dead) return Promise.reject(this.#dead)
    if (sections.length === 0) return Promise.resolve([])
    const nonce = freshNonce()
    const pieces = encodeFrame(nonce, sections)
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#die(new RemoteError('aborted', this.#host, 'cancelled by the operator'))
      const detach = () => signal?.removeEventListener('abort', onAbort)
      const pending: Pending = { sections, stdout: [], stderr: [], resolve, reject, detach, onResult, results: [] }
      if (signal?.aborted) {
        reject(new RemoteError('aborted', this.#host, 'cancelled by the operator'))
        return
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(pending)
      const labels = ['begin', ...sections.map((_, index) => String(index))]
      // Before the first marker nothing runs: `begin` is the number of no section.
      const heard = (stream: 'stdout' | 'stderr') => (label: string, bytes: Buffer) =>
        sections[Number(label)]?.listener?.hear(stream, bytes)
      this.#out.expect(nonce, labels, cap, (part) => this.#part(pending, pending.stdout, part), heard('stdout'))
      this.#err.expect(nonce, labels, cap, (part) => this.#part(pending, pending.stderr, part), heard('stderr'))
      if (this.#queue.length === 1) this.#arm()
      this.#writing = this.#writing
        .then(() => (this.#dead ? undefined : write(this.#pipe.stdin, pieces, () => this.#dead !== undefined)))
        .catch((error: Error) => {
          this.#die(new RemoteError('upload', this.#host, `the data to be sent can't be read: ${error.message}`))
        })
    })
  }

  /** Ends the channel. Frames under way reject. */
  close(): void {
    this.#die(new RemoteError('lost', this.#host, 'the channel was closed'))
  }

  #take(splitter: Splitter, chunk: Buffer): void {
    if (this.#dead) return
    try {
      splitter.push(chunk)
    } catch (error) {
      this.#protocol((error as Error).message)
    }
  }

  #part(pending: Pending, list: StreamPart[], part: StreamPart): void {
    if (part.label === 'begin') return
    list.push(part)
    const index = pending.results.length
    const [out, err] = [pending.stdout[index], pending.stderr[index]]
    if (!out || !err) return
    if (out.status !== err.status || !/^(skip|\d{1,3})$/.test(out.status)) {
      this.#protocol('its two streams disagree about an exit code')
      return
    }
    const ran = out.status !== 'skip'
    const truncated = out.truncated || err.truncated
    const result = { ran, code: ran ? Number(out.status) : 0, stdout: out.bytes, stderr: err.bytes, truncated }
    this.#current?.listener?.end()
    pending.results.push(result)
    clearTimeout(this.#timer)
    pending.onResult?.(index, result)
    if (pending.results.length < pending.sections.length) this.#arm()
    else this.#complete(pending)
  }

  #complete(pending: Pending): void {
    this.#queue.shift()
    pending.detach()
    if (this.#queue.length > 0) this.#arm()
    pending.resolve(pending.results)
  }

  /** The section now running. */
  get #current(): WireSection | undefined {
    const pending = this.#queue[0]
    return pending?.sections[pending.results.length]
  }

  /** The section now running is bounded in time. */
  #arm(): void {
    const section = this.#current
    if (!section) return
    section.listener?.begin()
    this.#timer = setTimeout(() => {
      const seconds = Math.round(section.timeoutMs / 1000)
      this.#die(new RemoteError('timeout', this.#host, `no answer within ${seconds} s`, 'the command was stopped'))
    }, section.timeoutMs)
  }

  #protocol(what: string): void {
    this.#die(new RemoteError('protocol', this.#host, `the host's answer does not follow the protocol: ${what}`))
  }

  #lost(): RemoteError {
    return new RemoteError('lost', this.#host, 'the connection was lost while a command ran', 'run again to continue')
  }

  /** The first frame gets the reason; those behind it were sent for nothing. */
  #die(reason: RemoteError): void {
    if (this.#dead) return
    this.#dead = reason
    clearTimeout(this.#timer)
    this.#current?.listener?.end()
    this.#pipe.destroy()
    const queue = this.#queue.splice(0)
    queue.forEach((pending, index) => {
      pending.detach()
      pending.reject(index === 0 ? reason : new RemoteError('lost', this.#host, 'the channel ended before its turn'))
    })
  }
}
