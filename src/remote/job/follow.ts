import { setTimeout as sleep } from 'node:timers/promises'
import type { FencedShell } from '../fence.ts'
import { assign } from '../quote.ts'
import { type JobOptions, RemoteError } from '../types.ts'
import { JobOutput } from './output.ts'
import { POLL } from './scripts.ts'
import { type JobStatus, parseStatus } from './status.ts'

/** Bytes of each stream that one poll brings. */
const PIECE = 256 * 1024
/** Bytes of each stream that the result keeps. */
const KEPT = 1 << 20
const POLL_TIMEOUT_MS = 60_000

/** Pauses between tries to reach a host again whose link was lost: about two minutes in all, connecting not counted. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 30_000, 30_000]

/** Follows a job by its files, over lost links. */
export class Follower {
  readonly #shell: FencedShell
  readonly #dir: string
  readonly #signal: AbortSignal | undefined
  readonly #onLine: JobOptions['onLine']
  #stdout: JobOutput
  #stderr: JobOutput

  constructor(shell: FencedShell, dir: string, onLine: JobOptions['onLine'], signal: AbortSignal | undefined) {
    this.#shell = shell
    this.#dir = dir
    this.#onLine = onLine
    this.#signal = signal
    this.#stdout = this.#output('stdout')
    this.#stderr = this.#output('stderr')
  }

  /** From the beginning of a new job's output. */
  restart(): void {
    this.#stdout = this.#output('stdout')
    this.#stderr = this.#output('stderr')
    this.#stdout.offset = 0
    this.#stderr.offset = 0
  }

  /** The state alone; output stays where it is. */
  poll(): Promise<JobStatus> {
    return this.#ask(0)
  }

  /** The state with all output up to it, given on line by line. A lost link is tried again for some minutes. */
  async next(): Promise<JobStatus> {
    for (let failures = 0; ; ) {
      try {
        const status = await this.#ask(PIECE)
        const more = [this.#stdout.take(status.stdout), this.#stderr.take(status.stderr)].some(Boolean)
        // What a job says faster than it can be fetched is fetched before its end is told.
        if (!more || status.state === 'running') return status
        failures = 0
      } catch (error) {
        const wait = RETRY_MS[failures++]
        if (!(error instanceof RemoteError) || !['lost', 'unreachable', 'timeout'].includes(error.kind)) throw error
        if (wait === undefined) {
          const message = `${error.message}; what was started goes on by itself on the host`
          throw new RemoteError('lost', error.host, message, 'run again to pick it up')
        }
        await sleep(wait, undefined, this.#signal ? { signal: this.#signal } : {}).catch(() => {
          throw new RemoteError('aborted', error.host, 'cancelled by the operator')
        })
      }
    }
  }

  /** The kept output, after the last piece. */
  finish(): { stdout: string; stderr: string; truncated: boolean } {
    const [stdout, stderr] = [this.#stdout.end(), this.#stderr.end()]
    return { stdout, stderr, truncated: this.#stdout.truncated || this.#stderr.truncated }
  }

  async #ask(cap: number): Promise<JobStatus> {
    const script = assign({ dir: this.#dir, out: this.#stdout.offset, err: this.#stderr.offset, cap }) + POLL
    const section = { script, stop: false, timeoutMs: POLL_TIMEOUT_MS }
    const [result] = await this.#shell.send([section], PIECE + 4096, this.#signal)
    const status = result && parseStatus(result)
    if (!status) throw new RemoteError('protocol', this.#shell.host, "the state of a job can't be read")
    return status
  }

  #output(stream: 'stdout' | 'stderr'): JobOutput {
    return new JobOutput(KEPT, (line) => this.#onLine?.(line, stream))
  }
}
