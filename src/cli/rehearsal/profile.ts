import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../diagnostics/diagnostic.ts'
import { BUILT_IN } from '../../engine/rehearsal/built-in.ts'
import { journalProfile } from '../../engine/rehearsal/journal-profile.ts'
import type { Profile } from '../../engine/rehearsal/profile.ts'
import { allEvents } from '../../events/read-journal.ts'
import { findRun } from '../runs/find-run.ts'
import { allRuns, journalOf } from '../runs/run-files.ts'
import { type Known, parseProfile } from './profile-file.ts'

/**
 * What `--profile` names: a profile file, a journal, a run's directory, or a run as other commands take its name; without it the built-in one.
 * Throws UserError.
 */
export async function chosenProfile(given: string | undefined, known: Known): Promise<Profile> {
  if (given === undefined) return BUILT_IN
  for (const path of [given, join(given, 'events.ndjson')]) {
    const found = await stat(path).catch(() => undefined)
    if (!found?.isFile()) continue
    if (path.endsWith('.ndjson')) return journalProfile(await allEvents(path), path)
    return parseProfile(path, await readFile(path, 'utf8').catch(unreadable(path)), known)
  }
  const journal = journalOf(runNamed(given))
  return journalProfile(await allEvents(journal), journal)
}

function runNamed(given: string): string {
  try {
    return findRun(given, allRuns())
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const hint = error.diagnostics[0]?.hint
    throw new UserError({ message: `--profile: ${given}: there is no such file and no such run`, hint })
  }
}

function unreadable(path: string): (error: Error) => never {
  return (error) => {
    throw new UserError(`--profile: ${path}: it can not be read: ${error.message}`)
  }
}
