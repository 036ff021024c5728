// Binary encoding that SSH uses on the wire and in its key files (RFC 4251, section 5).

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A length and that many bytes. */
export function wireString(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as string)
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** Reads what {@link uint32} and {@link wireString} write. */
export class WireReader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  /** @throws RangeError at the end of the bytes. */
  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  /** @throws RangeError when fewer bytes are left than the length says. */
  string(): Buffer {
    const length = this.uint32()
    const end = this.#at + length
    if (end > this.#bytes.length) throw new RangeError('cut off')
    const value = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return value
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }
}
