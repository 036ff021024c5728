import { UserError } from '../diagnostics/diagnostic.ts'
import { currentEvent } from './journal-version.ts'
import type { RunEvent } from './types.ts'

const NEWLINE = 10

/**
 * Turns the bytes of a journal, in pieces of any size, into its events. What has no line end yet is kept for the next piece:
 * at the end of a journal that is a torn line, which a crash left.
 */
export class JournalLines {
  readonly #path: string
  #rest: Uint8Array[] = []
  #line = 0

  /** `path` is for errors. */
  constructor(path: string) {
    this.#path = path
  }

  /** Something is left that has no line end. */
  get torn(): boolean {
    return this.#rest.length > 0
  }

  /** The events that this piece completes. Throws UserError with the line for what is no event of a known format. */
  *push(piece: Uint8Array): Generator<RunEvent> {
    let from = 0
    for (;;) {
      const end = piece.indexOf(NEWLINE, from)
      if (end < 0) break
      const line = Buffer.concat([...this.#rest, piece.subarray(from, end)]).toString('utf8')
      this.#rest = []
      from = end + 1
      yield parseEvent(line, `${this.#path}:${++this.#line}`)
    }
    // A copy: the reader may use its buffer again.
    if (from < piece.length) this.#rest.push(Uint8Array.from(piece.subarray(from)))
  }
}

/** One line of a journal. Throws UserError; `place` is for it. */
export function parseEvent(line: string, place: string): RunEvent {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new UserError(`${place}: not a line of a journal`)
  }
  return currentEvent(parsed, place)
}
