import { UserError } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import type { SteeringCommand } from '../../events/commands.ts'
import { EXIT } from '../../events/outcome.ts'
import { visible } from '../../events/visible.ts'
import { askRun } from './control-client.ts'
import { CONTROL_WORDS, steeringCommand } from './control-command.ts'
import { findRun } from './find-run.ts'
import { allRuns, dirOf } from './run-files.ts'

export interface ControlArguments {
  readonly run?: string | undefined
  readonly command?: string | undefined
  readonly host?: string | undefined
}

/** `upgrade-push control`: one command to a run that another process drives. Throws UserError when it is not taken. */
export async function controlRun(args: ControlArguments): Promise<number> {
  const command = commandOf(args)
  const run = findRun(args.run, allRuns())
  const { accepted, message } = await askRun(dirOf(run), run, command)
  if (!accepted) throw new UserError(`run ${run}: ${visible(message)}`)
  process.stdout.write(`${visible(message)}\n`)
  return EXIT.done
}

/** The words of the command line as a command. Throws a usage error. */
export function commandOf({ command: word, host }: ControlArguments): SteeringCommand {
  const words = Object.keys(CONTROL_WORDS)
  if (word === undefined || !words.includes(word)) {
    const message = word === undefined ? 'no command' : `"${word}" is no command`
    throw new UserError({ message, hint: didYouMean(word ?? '', words) }, 'usage')
  }
  const parsed = steeringCommand.safeParse(host === undefined ? { command: word } : { command: word, host })
  if (parsed.success) return parsed.data
  const message = host === undefined ? `${word} needs a host` : `${word} is for the whole run and takes no host`
  const form = `upgrade-push control RUN ${word}${host === undefined ? ' HOST' : ''}`
  throw new UserError({ message, hint: `write: ${form}` }, 'usage')
}
