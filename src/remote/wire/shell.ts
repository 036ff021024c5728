import { assign } from '../quote.ts'
import type { RemoteError } from '../types.ts'
import type { FrameChannel, Greeting, OnResult, RawResult } from './channel.ts'
import type { WireSection } from './frame.ts'

/** Stops the process group of a channel that hangs, if the process is still the one that greeted. */
const STOP_GROUP = `{ read -r stat; } 2>/dev/null </proc/$pid/stat || exit 0
set -- \${stat##*) }
[ "\${20}" = "$start" ] || exit 0
kill -s TERM -- -"$group" 2>/dev/null
for try in 1 2 3 4 5; do
  sleep 0.2 2>/dev/null || sleep 1
  [ -d /proc/$pid ] || break
done
kill -s KILL -- -"$group" 2>/dev/null
exit 0`

const STOP_TIMEOUT_MS = 10_000

/** One framed channel, opened when first needed and again after it had to be given up. */
export class FrameShell {
  readonly #open: (signal?: AbortSignal) => Promise<FrameChannel>
  #channel: FrameChannel | undefined
  #opening: Promise<FrameChannel> | undefined

  constructor(open: (signal?: AbortSignal) => Promise<FrameChannel>) {
    this.#open = open
  }

  /** The user id that the channel runs as, once it is open. */
  async uid(signal?: AbortSignal): Promise<number> {
    return (await this.channel(signal)).greeting.uid
  }

  /** Sends a frame. A section that is overdue or cancelled is stopped on the host before this rejects. */
  async send(
    sections: readonly WireSection[],
    cap: number,
    signal?: AbortSignal,
    onResult?: OnResult,
  ): Promise<RawResult[]> {
    const channel = await this.channel(signal)
    try {
      return await channel.send(sections, cap, signal, onResult)
    } catch (error) {
      const { kind } = error as RemoteError
      // Only the frame that ended the channel stops what ran in it.
      if (channel.dead === error && (kind === 'timeout' || kind === 'aborted')) await this.#stop(channel.greeting)
      throw error
    }
  }

  /** The open channel. */
  async channel(signal?: AbortSignal): Promise<FrameChannel> {
    if (this.#channel && !this.#channel.dead) return this.#channel
    this.#opening ??= this.#open(signal).finally(() => {
      this.#opening = undefined
    })
    this.#channel = await this.#opening
    return this.#channel
  }

  close(): void {
    this.#channel?.close()
  }

  async #stop({ pid, group, startTime }: Greeting): Promise<void> {
    if (!/^\d+$/.test(pid) || !/^\d+$/.test(group)) return
    const script = assign({ pid, group, start: startTime }) + STOP_GROUP
    try {
      const channel = await this.channel(AbortSignal.timeout(STOP_TIMEOUT_MS))
      await channel.send([{ script, stop: false, timeoutMs: STOP_TIMEOUT_MS }], 4096)
    } catch {
      // The link is gone or the host is stuck: the error that brought us here says so already.
    }
  }
}
