import type { HostView } from './host.ts'
import { Segment } from './segment.ts'

/** Which host is at work: told from the segment under way, the number of forks and whether the run is paused. */
export class Turns {
  readonly #start: (host: HostView, step: number) => void
  #segment: Segment | undefined
  #paused = false
  /** Hosts that stand before a step of the segment until the pause is over ... */
  readonly #held = new Map<HostView, number>()
  /** ... and how many others may begin then. */
  #owed = 0

  constructor(start: (host: HostView, step: number) => void) {
    this.#start = start
  }

  reset(): void {
    this.#segment = undefined
    this.#held.clear()
    this.#owed = 0
  }

  /** A step is to be done by these hosts: one more of the segment under way, or the first of another. */
  announce(step: number, hosts: readonly HostView[], forks: number): void {
    if (this.#segment?.extends(step, hosts.length)) {
      this.#segment.last = step
      return
    }
    this.reset()
    this.#segment = new Segment(step, hosts)
    this.#begin(forks)
  }

  /** A host has done a step: it goes on with the next one, or waits for the others where the segment ends. */
  next(host: HostView, step: number): void {
    const segment = this.#segment
    if (!segment || step >= segment.last) {
      this.leave(host)
      return
    }
    segment.reported = true
    if (this.#paused) this.#held.set(host, step + 1)
    else this.#start(host, step + 1)
  }

  /** A host is through, or lost: the next one begins. */
  leave(host: HostView): void {
    if (!host.inSegment || !this.#segment) return
    host.inSegment = false
    this.#segment.reported = true
    if (this.#paused) this.#owed++
    else this.#begin(1)
  }

  pause(paused: boolean): void {
    this.#paused = paused
    if (paused) return
    for (const [host, step] of this.#held) if (host.standing === 'between') this.#start(host, step)
    this.#held.clear()
    this.#begin(this.#owed)
    this.#owed = 0
  }

  #begin(count: number): void {
    const segment = this.#segment
    segment?.begin(count, (host) => this.#start(host, segment.first))
  }
}
