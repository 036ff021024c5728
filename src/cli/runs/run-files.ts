import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../diagnostics/diagnostic.ts'
import { runsDir } from '../../events/state-dir.ts'

/** What newRunId makes; nothing else in the directory is a run. */
const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/

/** Ids of all runs of this user on this controller, newest first. Throws UserError when they can't be read. */
export function allRuns(dir: string = runsDir()): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => RUN_ID.test(name))
      .sort()
      .reverse()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new UserError(`cannot read the runs in ${dir}: ${(error as Error).message}`)
  }
}

/** The directory of a run. */
export function dirOf(run: string): string {
  return join(runsDir(), run)
}

/** The journal of a run. */
export function journalOf(run: string): string {
  return join(dirOf(run), 'events.ndjson')
}
