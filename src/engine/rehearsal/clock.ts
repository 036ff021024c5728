import { SleeperHeap } from './sleeper-heap.ts'

/** What the scaled clock needs of the real one; a test brings its own. */
export interface RealTime {
  /** Milliseconds, only forward. */
  now(): number
  /** Calls back once, `ms` from now at the earliest. */
  after(ms: number, call: () => void): void
}

const MACHINE: RealTime = { now: () => performance.now(), after: (ms, call) => void setTimeout(call, ms) }
/** Waits are cut into pieces of this length, so that whoever begins to sleep meanwhile is not overslept. Real milliseconds. */
const PIECE_MS = 100
/** What is later than this is not caught up with: the clock falls behind. Real milliseconds. */
const LATE_MS = 250

/**
 * The time of simulated hosts, `speed` times as fast as the real one. Sleepers wake one at a time, in the order of their times, and each has
 * done what it does next before the following one wakes: so a rehearsal goes the same way every time, however busy the machine is.
 * When the machine can't keep up this clock falls behind (`kept` tells how far), and nothing is left out.
 */
export class ScaledClock {
  readonly speed: number
  readonly #real: RealTime
  readonly #sleepers = new SleeperHeap()
  #now = 0
  #pumping = false
  /** Somebody has woken and does what he does at this moment. */
  #awake = false
  /** Before anybody slept no time has passed, however long it took to get so far. */
  #begun = false
  /** Real and simulated time that belong together. */
  #anchor: { real: number; here: number }
  /** Real milliseconds that the machine was too slow by. */
  #behind = 0

  /** `speed`: Infinity never waits. */
  constructor(speed: number, real: RealTime = MACHINE) {
    this.speed = speed
    this.#real = real
    this.#anchor = { real: real.now(), here: 0 }
  }

  /**
   * Simulated milliseconds since the beginning. Stands still while hosts do what they do at one moment; whoever comes from outside (an
   * operator, a run that was paused) finds the time that has passed meanwhile.
   */
  now(): number {
    if (!this.#begun || this.#awake || this.speed === Number.POSITIVE_INFINITY) return this.#now
    const passed = this.#upToNext()
    return passed - this.#now > LATE_MS * this.speed ? passed : this.#now
  }

  /** For a display: moves on between two moments, and never past the next one. */
  shown(): number {
    return !this.#begun || this.speed === Number.POSITIVE_INFINITY ? this.#now : this.#upToNext()
  }

  /** How many times as fast as the real time it went so far. */
  get kept(): number {
    return this.#behind === 0 ? this.speed : this.#now / (this.#now / this.speed + this.#behind)
  }

  /** Simulated milliseconds. Rejects with the signal's reason once it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (!this.#begun) {
      this.#begun = true
      this.#anchor = { real: this.#real.now(), here: 0 }
    }
    this.#now = this.now()
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#sleepers.remove(sleeper)
        reject(signal.reason)
      }
      const wake = (): void => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const sleeper = this.#sleepers.add(this.#now + Math.max(0, ms), wake)
      signal.addEventListener('abort', abort, { once: true })
      if (this.#pumping) return
      this.#pumping = true
      setImmediate(() => this.#pump())
    })
  }

  #upToNext(): number {
    return Math.max(this.#now, Math.min(this.#sleepers.first?.at ?? Number.POSITIVE_INFINITY, this.#running()))
  }

  #running(): number {
    return this.#anchor.here + (this.#real.now() - this.#anchor.real) * this.speed
  }

  #pump(): void {
    this.#awake = false
    const next = this.#sleepers.first
    if (!next) {
      this.#pumping = false
      return
    }
    if (this.speed !== Number.POSITIVE_INFINITY) {
      const wait = (next.at - this.#running()) / this.speed
      if (wait > 1) {
        this.#real.after(Math.min(wait, PIECE_MS), () => this.#pump())
        return
      }
      if (wait < -LATE_MS) {
        this.#behind -= wait
        this.#anchor = { real: this.#real.now(), here: next.at }
      }
    }
    this.#sleepers.remove(next)
    this.#now = Math.max(this.#now, next.at)
    this.#awake = true
    next.wake()
    setImmediate(() => this.#pump())
  }
}
