import { StringDecoder } from 'node:string_decoder'
import type { Piece } from './status.ts'

/** A line longer than this is given on in parts. */
const LONGEST_LINE = 64 * 1024

/** One stream of a job as it grows: gives complete lines on, keeps the last `cap` bytes. */
export class JobOutput {
  readonly #cap: number
  readonly #onLine: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #tail: Buffer[] = []
  #tailBytes = 0
  #line = ''
  /** Where the next piece is to begin; -1 before the first. */
  offset = -1
  truncated = false

  constructor(cap: number, onLine: (line: string) => void) {
    this.#cap = cap
    this.#onLine = onLine
  }

  /** Takes the next piece. True when the file held more than the piece. */
  take({ offset, size, bytes }: Piece): boolean {
    if (this.offset < 0 && offset > 0) this.truncated = true
    this.offset = offset + bytes.length
    this.#tail.push(bytes)
    this.#tailBytes += bytes.length
    while (this.#tailBytes - (this.#tail[0]?.length ?? 0) >= this.#cap) {
      this.#tailBytes -= this.#tail.shift()?.length ?? 0
      this.truncated = true
    }
    const lines = (this.#line + this.#decoder.write(bytes)).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line)
    if (this.#line.length > LONGEST_LINE) {
      this.#onLine(this.#line)
      this.#line = ''
    }
    return this.offset < size
  }

  /** The last line need not end. Returns the kept text. */
  end(): string {
    if (this.#line) this.#onLine(this.#line)
    this.#line = ''
    const all = Buffer.concat(this.#tail)
    if (all.length > this.#cap) this.truncated = true
    return all.subarray(Math.max(0, all.length - this.#cap)).toString()
  }
}
