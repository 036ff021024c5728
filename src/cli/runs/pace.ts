import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent } from '../../events/types.ts'

/** How often a renderer's timer would have fired while the run was silent. */
const TICK_MS = 5_000

/** The clock of a run that is shown again: it goes as fast as the speed says, and waits until each event's turn comes. */
export class Pace {
  readonly #speed: number
  readonly #signal: AbortSignal | undefined
  readonly #tick: () => void
  #at: number | undefined
  /** What is being waited through: from which moment of this machine, and how much of the run. */
  #passing: { readonly since: number; readonly ms: number } | undefined

  /** `speed`: times as fast as it was; Infinity: without waiting. `tick`: what happens every five seconds of the run. `signal` ends all waiting. */
  constructor(speed: number, { tick = () => {}, signal }: { tick?: () => void; signal?: AbortSignal } = {}) {
    this.#speed = speed
    this.#signal = signal
    this.#tick = tick
  }

  /** Milliseconds since 1970, in the time of the run. */
  readonly now = (): number => {
    const at = this.#at ?? 0
    if (!this.#passing) return at
    const { since, ms } = this.#passing
    return at + Math.min(ms, (performance.now() - since) * this.#speed)
  }

  /** Lets the time pass up to an event. */
  async reach(event: RunEvent): Promise<void> {
    const to = Date.parse(event.t)
    if (Number.isNaN(to)) return
    this.#at ??= to
    while (to - this.#at > TICK_MS) {
      await this.#pass(TICK_MS)
      this.#tick()
    }
    await this.#pass(Math.max(0, to - this.#at))
  }

  async #pass(ms: number): Promise<void> {
    // Shorter than a timer can tell, nobody sees it.
    if (ms / this.#speed >= 1 && !this.#signal?.aborted) {
      this.#passing = { since: performance.now(), ms }
      await sleep(ms / this.#speed, undefined, { signal: this.#signal }).catch(() => {})
      this.#passing = undefined
    }
    this.#at = (this.#at ?? 0) + ms
  }
}
