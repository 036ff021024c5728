import { randomBytes } from 'node:crypto'
import { quote } from '../quote.ts'
import type { Listener } from './listener.ts'

/** Bytes for a section's stdin: in memory, or produced while they are sent (exactly `size` of them). */
export type Payload = Uint8Array | { readonly size: number; open(): AsyncIterable<Uint8Array> }

/** A section as it travels. */
export interface WireSection {
  readonly script: string
  readonly payload?: Payload | undefined
  readonly stop: boolean
  readonly timeoutMs: number
  /** Nothing of it travels. */
  readonly listener?: Listener | undefined
}

/** 128 random bits, hex: unguessable for whatever runs on the host. */
export function freshNonce(): string {
  return randomBytes(16).toString('hex')
}

/** Size of a payload in bytes. */
function payloadSize(payload: Payload | undefined): number {
  if (!payload) return 0
  return payload instanceof Uint8Array ? payload.byteLength : payload.size
}

/**
 * The frame as pieces to be written in order. Small neighbours are merged, so that a frame of probes is one write and one packet.
 * The grammar is described in loop.ts.
 */
export function encodeFrame(nonce: string, sections: readonly WireSection[]): Payload[] {
  const driver = `${sections.map(driverLine).join('')}#${nonce}`
  const text = Buffer.from(driver)
  const pieces: Payload[] = [Buffer.from(`upgrade-push-frame ${nonce} ${text.byteLength}\n`), text]
  for (const { payload } of sections) {
    if (payload && payloadSize(payload) > 0) pieces.push(payload, Buffer.from(`end:${nonce}\n`))
  }
  return merge(pieces)
}

function driverLine({ script, payload, stop }: WireSection, index: number): string {
  const size = payloadSize(payload)
  const flag = stop ? 1 : 0
  const text = `'${checked(script).replaceAll("'", "'\\''")}'`
  return size > 0 ? `__up_p ${index} ${flag} ${size} ${text}\n` : `__up_s ${index} ${flag} ${text}\n`
}

function checked(script: string): string {
  quote(script)
  return script
}

const SMALL = 64 * 1024

function merge(pieces: readonly Payload[]): Payload[] {
  const merged: Payload[] = []
  let run: Uint8Array[] = []
  const flush = () => {
    if (run.length > 0) merged.push(run.length === 1 ? (run[0] as Uint8Array) : Buffer.concat(run))
    run = []
  }
  for (const piece of pieces) {
    if (piece instanceof Uint8Array && piece.byteLength <= SMALL) run.push(piece)
    else {
      flush()
      merged.push(piece)
    }
  }
  flush()
  return merged
}
