import { readdirSync, statSync } from 'node:fs'
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
      .sort((a, b) => later(a, b, dir))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new UserError(`cannot read the runs in ${dir}: ${(error as Error).message}`)
  }
}

/** Newer first. An id says the second only: of two runs of one second, such as a plan and its apply, the later made directory is the newer run. */
function later(a: string, b: string, dir: string): number {
  const [second, other] = [secondOf(a), secondOf(b)]
  if (second !== other) return second < other ? 1 : -1
  const [made, madeOther] = [birthOf(join(dir, a)), birthOf(join(dir, b))]
  return made === madeOther ? (a < b ? 1 : -1) : made < madeOther ? 1 : -1
}

function secondOf(run: string): string {
  return run.slice(0, run.indexOf('-'))
}

/** Nanoseconds; 0 for what was taken away meanwhile. */
function birthOf(path: string): bigint {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.birthtimeNs ?? 0n
}

/** The directory of a run. */
export function dirOf(run: string): string {
  return join(runsDir(), run)
}

/** The journal of a run. */
export function journalOf(run: string): string {
  return join(dirOf(run), 'events.ndjson')
}
