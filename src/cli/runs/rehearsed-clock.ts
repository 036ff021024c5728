import type { RunEvent } from '../../events/types.ts'

/**
 * The clock of a rehearsal that another process drives: its events are stamped with the time of the simulated hosts. Goes on from each event as
 * fast as that one does, and never back; where it is ahead, as the other machine falls behind, it stands.
 */
export class RehearsedClock {
  readonly speed: number
  readonly #real: () => number
  #last = { at: 0, real: 0 }
  #shown = 0

  /** `speed`: 0, where the journal does not say it, goes from event to event. */
  constructor(speed: number, real: () => number = () => performance.now()) {
    this.speed = speed
    this.#real = real
  }

  reach({ t }: Pick<RunEvent, 't'>): void {
    this.#last = { at: Date.parse(t) || this.#last.at, real: this.#real() }
  }

  /** Milliseconds since 1970, in the time of the simulated hosts. */
  readonly now = (): number => {
    const { at, real } = this.#last
    this.#shown = Math.max(this.#shown, at + (this.#real() - real) * this.speed)
    return this.#shown
  }
}
