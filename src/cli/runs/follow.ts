import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { JournalLines } from '../../events/journal-lines.ts'
import { unreadable } from '../../events/read-journal.ts'
import type { RunEvent } from '../../events/types.ts'

/** How often a journal that does not grow is looked at. */
const LOOK_MS = 200
const PIECE = 256 * 1024

/**
 * The events of a journal that another process writes, as they come. Ends with `run_finished`, or when `over` says that nobody writes any
 * more and all has been read. Throws UserError for what is no journal.
 */
export async function* followJournal(path: string, over: () => boolean): AsyncGenerator<RunEvent> {
  const lines = new JournalLines(path)
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    for (;;) {
      // Asked before the file is read: what the writer wrote last is read still.
      const last = over()
      for await (const piece of rest(file)) {
        for (const event of lines.push(piece)) {
          yield event
          if (event.type === 'run_finished') return
        }
      }
      if (last) return
      await sleep(LOOK_MS)
    }
  } finally {
    await file.close()
  }
}

/** What the file has more than at the last look. */
async function* rest(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE)
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, PIECE, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}
