import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { freeSpace } from '../events/free-space.ts'
import type { Journal } from '../events/journal.ts'

/**
 * Resolves when the beginning of a run is on the disk: what can't even be begun in the journal could neither be looked at nor continued
 * later, so it must not start. Throws UserError otherwise; of the run nothing is left then.
 */
export async function recorded(journal: Journal): Promise<void> {
  try {
    await journal.durable()
  } catch (error) {
    const dir = dirname(journal.path)
    const free = freeSpace(dir)
    journal.close()
    rmSync(dir, { recursive: true, force: true })
    if (!(error instanceof UserError)) throw error
    throw new UserError({
      message: `${error.diagnostics[0]?.message}${free === undefined ? '' : ` (${free})`}`,
      hint: 'nothing was started; make room there, or point XDG_STATE_HOME to another disk',
    })
  }
}
