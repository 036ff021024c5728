import { setTimeout as sleep } from 'node:timers/promises'

/** Nothing was seen to move for longer than allowed. The message says what was awaited and shows the last lines. */
export class NoProgressError extends Error {
  override name = 'NoProgressError'
}

export interface ProgressOptions {
  /** Seconds without any sign of life before giving up. Emulated time on a busy machine is no measure, silence is. */
  noProgressSeconds?: number | undefined
  signal?: AbortSignal | undefined
}

const NO_PROGRESS_SECONDS = 180
const POLL_MS = 250

/**
 * Polls `condition` until it returns something.
 *
 * @param sign any value that changes while the machine does something, such as the size of its log.
 * @param lastWords shown when it stopped doing anything.
 * @throws NoProgressError, or what `condition` throws.
 */
export async function untilDone<T>(
  what: string,
  condition: () => Promise<T | undefined>,
  sign: () => Promise<string | number>,
  lastWords: () => Promise<string>,
  { noProgressSeconds = NO_PROGRESS_SECONDS, signal }: ProgressOptions = {},
): Promise<T> {
  let seen: string | number | undefined
  let since = Date.now()
  for (;;) {
    const value = await condition()
    if (value !== undefined) return value
    const now = await sign()
    if (now !== seen) {
      seen = now
      since = Date.now()
    } else if (Date.now() - since > noProgressSeconds * 1000) {
      throw new NoProgressError(`${what}: no progress for ${noProgressSeconds} s; last lines:\n${await lastWords()}`)
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}
