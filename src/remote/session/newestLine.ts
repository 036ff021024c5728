/** Bytes. What is longer is no line for people. It is not cut: half a secret would not be known as one, and would be shown. */
const LONGEST = 2000
const [LINE_FEED, RETURN, SPACE] = [10, 13, 32] as const

/** One stream as it grows, of which only the newest line counts. Keeps no more than the beginning of a line, whatever a host sends. */
export class NewestLine {
  /** Of a line that has no end yet. */
  #begun: Buffer = Buffer.alloc(0)
  #length = 0

  /**
   * The last line that these bytes complete and that says something; undefined when there is none. A carriage return ends a line too:
   * progress bars are drawn with it. In place of a very long line its length is told. Time grows with the bytes, whatever they are.
   */
  take(bytes: Buffer): string | undefined {
    const end = Math.max(bytes.lastIndexOf(LINE_FEED), bytes.lastIndexOf(RETURN))
    const line = end < 0 ? undefined : this.#newest(bytes, end)
    this.#begin(bytes.subarray(end + 1))
    return line
  }

  /** `end`: the place of the last line end. */
  #newest(bytes: Buffer, end: number): string | undefined {
    let last = end
    while (last >= 0 && (bytes[last] as number) <= SPACE) last--
    let from = last
    while (from > 0 && !isLineEnd(bytes[from - 1])) from--
    let to = Math.max(0, last)
    while (!isLineEnd(bytes[to])) to++
    if (from > 0) this.#drop()
    this.#begin(bytes.subarray(Math.max(0, from), to))
    const line = this.#length > LONGEST ? `(a line of ${this.#length} bytes)` : this.#begun.toString()
    this.#drop()
    return line.trim() === '' ? undefined : line
  }

  #begin(bytes: Buffer): void {
    const room = LONGEST - this.#begun.length
    this.#length += bytes.length
    if (room > 0 && bytes.length > 0) this.#begun = Buffer.concat([this.#begun, bytes.subarray(0, room)])
  }

  #drop(): void {
    this.#begun = Buffer.alloc(0)
    this.#length = 0
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === RETURN
}
