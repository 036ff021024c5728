import { RemoteError } from '../types.ts'
import { FrameChannel, type Greeting } from './channel.ts'
import { freshNonce } from './frame.ts'
import type { Pipe } from './pipe.ts'
import { Splitter, type StreamPart } from './splitter.ts'

/** How much of what a host prints before the hello is kept, to be quoted when no hello comes. */
const NOISE_KEPT = 64 * 1024

/** The command ended, or took too long, before the loop said hello. The opener knows what that means (sudo, sandbox, login shell). */
export class NoGreeting extends Error {
  override name = 'NoGreeting'
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
  readonly timedOut: boolean

  constructor(stdout: string, stderr: string, code: number | null, timedOut: boolean) {
    super('no greeting')
    this.stdout = stdout
    this.stderr = stderr
    this.code = code
    this.timedOut = timedOut
  }
}

export interface OpenOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Sees all of stderr so far, each time some comes before the hello: where a password prompt is answered. May throw to give up. */
  readonly early?: ((stderr: Buffer, pipe: Pipe) => void) | undefined
}

/**
 * Starts a command that ends in the loop and waits for its hello on both streams.
 * `start` gets the nonce that the loop must be given as its first argument.
 * Throws NoGreeting, whatever `early` throws, or RemoteError (aborted).
 */
export async function openChannel(
  host: string,
  start: (nonce: string) => Promise<Pipe>,
  { timeoutMs, signal, early }: OpenOptions,
): Promise<FrameChannel> {
  const nonce = freshNonce()
  const pipe = await start(nonce)
  const out = new Splitter()
  const err = new Splitter()
  const parts: StreamPart[] = []
  let stop = () => {}
  try {
    const greeting = await new Promise<Greeting>((resolve, reject) => {
      const fail = (code: number | null, timedOut: boolean) =>
        reject(new NoGreeting(out.kept.toString(), err.kept.toString(), code, timedOut))
      const feed = (splitter: Splitter) => (chunk: Buffer) => {
        try {
          splitter.push(chunk)
          if (parts.length < 2 && splitter === err) early?.(err.kept, pipe)
        } catch (error) {
          reject(error as Error)
        }
      }
      const onPart = (part: StreamPart) => {
        parts.push(part)
        if (parts.length === 2) resolve(parseGreeting(part.status))
      }
      out.expect(nonce, ['hello'], NOISE_KEPT, onPart)
      err.expect(nonce, ['hello'], NOISE_KEPT, onPart)
      const [onOut, onErr] = [feed(out), feed(err)]
      const timer = setTimeout(() => fail(null, true), timeoutMs)
      const onAbort = () => reject(new RemoteError('aborted', host, 'cancelled by the operator'))
      if (signal?.aborted) onAbort()
      signal?.addEventListener('abort', onAbort, { once: true })
      pipe.stdin.on('error', () => {})
      pipe.stdout.on('data', onOut)
      pipe.stderr.on('data', onErr)
      void pipe.closed.then(({ code }) => fail(code, false))
      stop = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        pipe.stdout.off('data', onOut)
        pipe.stderr.off('data', onErr)
      }
    })
    stop()
    return new FrameChannel(host, pipe, out, err, greeting)
  } catch (error) {
    stop()
    pipe.destroy()
    throw error
  }
}

function parseGreeting(status: string): Greeting {
  const [pid = '', group = '', startTime = '', uid = ''] = status.split(':')
  return { pid, group, startTime, uid: uid === '' ? Number.NaN : Number(uid) }
}
