import type { Listener } from '../wire/listener.ts'
import { NewestLine } from './newestLine.ts'

/** What ends sooner is told by its result alone. */
const QUIET_MS = 1000
const EVERY_MS = 500

/** Tells a line of a section now and then while it runs: the newest of both streams, twice a second at most. */
export class LiveOutput implements Listener {
  readonly #onLine: (line: string) => void
  readonly #streams = { stdout: new NewestLine(), stderr: new NewestLine() }
  /** Not told yet. */
  #line: string | undefined
  /** When the next line may be told; undefined while the section does not run. */
  #due: number | undefined
  #timer: NodeJS.Timeout | undefined

  /** `onLine` must not throw. */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  begin(): void {
    this.#due = performance.now() + QUIET_MS
    this.#schedule()
  }

  hear(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    this.#line = this.#streams[stream].take(bytes) ?? this.#line
    this.#schedule()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#due = undefined
  }

  #schedule(): void {
    if (this.#due === undefined || this.#line === undefined || this.#timer) return
    this.#timer = setTimeout(() => this.#tell(), Math.max(0, this.#due - performance.now()))
  }

  #tell(): void {
    const line = this.#line
    this.#timer = undefined
    this.#line = undefined
    this.#due = performance.now() + EVERY_MS
    if (line !== undefined) this.#onLine(line)
  }
}
