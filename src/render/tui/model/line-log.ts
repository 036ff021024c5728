/** The last lines of one host; older ones are in its log on disk. */
export class LineLog {
  readonly #most: number
  #lines: string[] = []
  /** Lines that were there once and are not kept. */
  dropped = 0

  constructor(most: number) {
    this.#most = most
  }

  push(line: string): void {
    this.#lines.push(line)
    // Cut in one go now and then: removing one at a time would copy the array for each line.
    if (this.#lines.length >= this.#most * 2) this.#cut()
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    if (this.#lines.length > this.#most) this.#cut()
    return this.#lines
  }

  #cut(): void {
    const over = this.#lines.length - this.#most
    this.#lines = this.#lines.slice(over)
    this.dropped += over
  }
}

/** Lines of all hosts together. */
const TOTAL = 100_000

/** How many lines each host may keep, so that a fleet's logs stay within a bound. */
export function linesPerHost(hosts: number): number {
  return Math.max(10, Math.min(500, Math.floor(TOTAL / Math.max(1, hosts))))
}
