import { UserError } from '../diagnostics/diagnostic.ts'
import type { RunEvent } from './types.ts'

/** The format that this program writes, and the newest that it reads. */
export const JOURNAL_VERSION = 1

type Loose = Readonly<Record<string, unknown>>

/** How an event of format N, the index, becomes one of format N + 1. A new format adds a line here and stays readable for good. */
const MIGRATIONS: readonly ((event: Loose) => Loose)[] = [
  // An event that says no version: the first format had the same fields.
  (event) => ({ ...event, v: 1 }),
]

/** An event of any format up to ours as one of ours. Throws UserError for a newer one, and for what is no event; `place` is for the error. */
export function currentEvent(parsed: unknown, place: string): RunEvent {
  if (typeof parsed !== 'object' || parsed === null || !('type' in parsed) || typeof parsed.type !== 'string') {
    throw new UserError(`${place}: not an event`)
  }
  let event = parsed as Loose
  const version = event.v ?? 0
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {
    throw new UserError(`${place}: not a version of a journal: ${JSON.stringify(version)}`)
  }
  if (version > JOURNAL_VERSION) {
    throw new UserError({
      message: `${place}: format version ${version} is newer than this program, which reads up to ${JOURNAL_VERSION}`,
      hint: 'use the upgrade-push that wrote it, or a later one',
    })
  }
  for (const migrate of MIGRATIONS.slice(version)) event = migrate(event)
  return event as unknown as RunEvent
}
