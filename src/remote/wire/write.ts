import type { Writable } from 'node:stream'
import type { Payload } from './frame.ts'

/** Size of one write: large enough to be cheap, small enough that backpressure bounds memory. */
const PIECE = 256 * 1024

/**
 * Writes the pieces in order and honours backpressure. A produced payload must give exactly its size: anything else throws, because what
 * follows on the wire would be taken for payload. Stops quietly once `stopped()`.
 */
export async function write(stream: Writable, pieces: readonly Payload[], stopped: () => boolean): Promise<void> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) {
      await writeBytes(stream, piece, stopped)
      continue
    }
    let sent = 0
    for await (const chunk of piece.open()) {
      if (stopped()) return
      sent += chunk.byteLength
      if (sent > piece.size) break
      await writeBytes(stream, chunk, stopped)
    }
    if (sent !== piece.size) throw new Error(`it changed while it was being sent (${piece.size} bytes expected)`)
  }
}

async function writeBytes(stream: Writable, bytes: Uint8Array, stopped: () => boolean): Promise<void> {
  for (let at = 0; at < bytes.byteLength && !stopped(); at += PIECE) {
    if (!stream.write(bytes.subarray(at, at + PIECE))) await drained(stream)
  }
}

/** Resolves when the stream takes more, or never will. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done).off('error', done)
      resolve()
    }
    stream.on('drain', done).on('close', done).on('error', done)
  })
}
