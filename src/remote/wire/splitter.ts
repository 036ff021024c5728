/** What one stream said for one section. */
export interface StreamPart {
  readonly label: string
  /** Exit code, or `skip`. */
  readonly status: string
  readonly bytes: Buffer
  readonly truncated: boolean
}

/** The host's stream does not follow the protocol; the channel can't be trusted any more. */
export class SplitError extends Error {
  override name = 'SplitError'
}

/** Hears the bytes before the marker of that label as they come, also those in excess of the cap. */
export type OnBytes = (label: string, bytes: Buffer) => void

interface Expected {
  readonly mark: Buffer
  readonly labels: readonly string[]
  readonly cap: number
  readonly onPart: (part: StreamPart) => void
  readonly onBytes: OnBytes | undefined
  next: number
}

/** Longest text after the nonce: `:123:` and a status, or the four numbers of the hello. */
const LONGEST_TAIL = 80

/**
 * Cuts one output stream of a framed channel at its markers (`NONCE:label:status` and a line end). Bytes in excess of `cap` are dropped while
 * they arrive, so memory stays bounded whatever the host sends. Bytes that come while nothing is expected belong to nobody and are dropped.
 */
export class Splitter {
  readonly #queue: Expected[] = []
  #held: Buffer = Buffer.alloc(0)
  #kept: Buffer[] = []
  #keptBytes = 0
  #truncated = false

  /** Announces the markers to come, in this order. `onPart` is called for each. */
  expect(
    nonce: string,
    labels: readonly string[],
    cap: number,
    onPart: (part: StreamPart) => void,
    onBytes?: OnBytes,
  ): void {
    this.#queue.push({ mark: Buffer.from(`${nonce}:`), labels, cap, onPart, onBytes, next: 0 })
  }

  /** The start of what came since the last marker, for messages. */
  get kept(): Buffer {
    return Buffer.concat([...this.#kept, this.#held])
  }

  /** Takes the next bytes of the stream. Throws SplitError when a marker is not the expected one. */
  push(chunk: Buffer): void {
    let data = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    for (let expected = this.#queue[0]; expected; expected = this.#queue[0]) {
      const at = data.indexOf(expected.mark)
      if (at < 0) {
        // A marker may be cut anywhere: hold back what could be its beginning, and no more, or a listener would hear the end of a line late.
        const hold = beginning(data, expected.mark)
        this.#keep(data.subarray(0, data.length - hold), expected)
        this.#held = Buffer.from(data.subarray(data.length - hold))
        return
      }
      const end = data.indexOf(10, at)
      if (end < 0) {
        if (data.length - at > expected.mark.length + LONGEST_TAIL) throw new SplitError('a marker has no end')
        this.#keep(data.subarray(0, at), expected)
        this.#held = Buffer.from(data.subarray(at))
        return
      }
      this.#keep(data.subarray(0, at), expected)
      const [label = '', ...status] = data.toString('latin1', at + expected.mark.length, end).split(':')
      data = data.subarray(end + 1)
      this.#held = Buffer.alloc(0)
      this.#finish(expected, label, status.join(':'))
    }
    this.#held = Buffer.alloc(0)
  }

  #finish(expected: Expected, label: string, status: string): void {
    if (label !== expected.labels[expected.next]) throw new SplitError('a marker came out of order')
    const part = { label, status, bytes: Buffer.concat(this.#kept), truncated: this.#truncated }
    this.#kept = []
    this.#keptBytes = 0
    this.#truncated = false
    expected.next++
    if (expected.next === expected.labels.length) this.#queue.shift()
    expected.onPart(part)
  }

  #keep(bytes: Buffer, { labels, next, cap, onBytes }: Expected): void {
    if (bytes.length === 0) return
    onBytes?.(labels[next] as string, bytes)
    const room = cap - this.#keptBytes
    if (bytes.length > room) this.#truncated = true
    if (room <= 0) return
    const part = bytes.length > room ? bytes.subarray(0, room) : bytes
    this.#kept.push(Buffer.from(part))
    this.#keptBytes += part.length
  }
}

/** How many bytes at the end of the data are a beginning of the mark. */
function beginning(data: Buffer, mark: Buffer): number {
  const first = mark[0] as number
  let at = data.indexOf(first, Math.max(0, data.length - mark.length + 1))
  while (at >= 0 && data.compare(mark, 0, data.length - at, at) !== 0) at = data.indexOf(first, at + 1)
  return at < 0 ? 0 : data.length - at
}
