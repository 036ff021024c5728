import { counted } from '../../diagnostics/counted.ts'
import { UserError } from '../../diagnostics/diagnostic.ts'
import type { RunOrigin } from '../run.ts'
import { runOptionsOf } from '../run-arguments.ts'
import { findRun } from './find-run.ts'
import { givenAgain } from './give-again.ts'
import { hostsDone } from './progress-of.ts'
import { allRuns, journalOf } from './run-files.ts'
import { type RunSummary, summarise } from './summary.ts'

/** Words that are added to the recorded ones: what was typed behind RUN. */
export interface ResumeArguments {
  readonly run?: string | undefined
  readonly added: readonly string[]
  /** Values of `-e` among them, which may stand for hidden ones. */
  readonly extraVars: readonly string[]
}

/**
 * `upgrade-push resume`: the recorded command line again, from where it was typed. Nothing is replayed: every host is looked at, what is done
 * answers ok, and each goes on with its own next step. Throws UserError when the run can't be continued like that.
 */
export async function resumeRun({ run: word, added, extraVars: typed }: ResumeArguments): Promise<number> {
  const id = findRun(word, allRuns())
  const summary = summarise(id)
  const command = continuable(summary)
  enter(command.cwd, id)
  const again = await givenAgain(id, command.args, typed)
  const args = [...again, ...added]
  const options = await runOptionsOf(args)
  const { done, all } = await hostsDone(journalOf(id))
  process.stderr.write(
    `Resuming run ${id}, in which ${done} of ${counted(all, 'host')} ${all === 1 ? 'was' : 'were'} done. Each host looks at its steps again: what is done answers ok, and it goes on at its own.\n`,
  )
  const origin: RunOrigin = { args, resumes: id }
  const { run } = await import('../run.ts')
  return run(options, origin)
}

function continuable({ run, condition, command, controller, problem, rehearsal }: RunSummary): {
  readonly cwd: string
  readonly args: readonly string[]
} {
  const refuse = (message: string, hint: string) => new UserError({ message: `run ${run} ${message}`, hint })
  if (condition === 'running') {
    throw refuse(
      'is still under way',
      `look at it with: upgrade-push watch ${run}; end it with: upgrade-push control ${run} abort`,
    )
  }
  if (condition === 'elsewhere') throw refuse(`is ${controller}'s, not of this controller`, 'resume it there')
  if (condition === 'unreadable') throw refuse(`can't be read: ${problem}`, 'start it again with its own command line')
  if (rehearsal !== undefined) throw refuse('is a rehearsal', 'there is nothing to continue; rehearse again')
  if (!command) {
    throw refuse(
      'does not say what was typed',
      'give its command line again: hosts go on at their own step all the same',
    )
  }
  return command
}

/** The recorded words mean what they meant only where they were typed. */
function enter(cwd: string, run: string): void {
  try {
    process.chdir(cwd)
  } catch (error) {
    throw new UserError({
      message: `run ${run} was started in ${cwd}, which can't be entered: ${(error as NodeJS.ErrnoException).code}`,
      hint: 'give its command line again from where its files are now',
    })
  }
}
