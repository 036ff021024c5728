import { createReadStream } from 'node:fs'
import { UserError } from '../diagnostics/diagnostic.ts'
import { JournalLines } from './journal-lines.ts'
import type { RunEvent } from './types.ts'

/**
 * The events of a run's `events.ndjson`, a piece at a time: a journal may be larger than memory. A torn last line is left out.
 * Throws UserError with the line for anything that is no journal.
 */
export async function* readJournal(path: string): AsyncGenerator<RunEvent> {
  const lines = new JournalLines(path)
  for await (const piece of pieces(path)) yield* lines.push(piece)
}

/** All of them at once, where they are needed like that. */
export async function allEvents(path: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of readJournal(path)) events.push(event)
  return events
}

async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** What to say of a journal that can't be opened or read. */
export function unreadable(path: string, error: unknown): UserError {
  return new UserError(`cannot read the journal ${path}: ${(error as Error).message}`)
}
