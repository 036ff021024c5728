import { UserError } from '../../diagnostics/diagnostic.ts'
import { EXIT } from '../../events/outcome.ts'
import { visibleJson } from '../../events/visible.ts'
import { SafeOutput } from '../../render/safe-output.ts'
import { listLines } from './list-lines.ts'
import { allRuns } from './run-files.ts'
import { summarise } from './summary.ts'

export interface ListArguments {
  readonly output: string
  /** How many of the newest. */
  readonly last: number
  readonly all?: boolean | undefined
}

/** `upgrade-push runs`: the newest runs, from the two ends of each journal. Throws UserError. */
export async function listRuns(args: ListArguments): Promise<number> {
  if (!Number.isSafeInteger(args.last) || args.last < 1) {
    throw new UserError('--last: must be a whole number from 1', 'usage')
  }
  const ids = allRuns()
  const shown = args.all ? ids : ids.slice(0, args.last)
  const out = new SafeOutput(process.stdout)
  if (args.output === 'json') {
    for (const id of shown) out.write(`${visibleJson(JSON.stringify(summarise(id)))}\n`)
  } else if (ids.length === 0) {
    out.write('no runs yet\n')
  } else {
    const older = ids.length - shown.length
    const lines = listLines(
      shown.map((id) => summarise(id)),
      process.stdout.isTTY ? process.stdout.columns : undefined,
    )
    if (older > 0) lines.push(`(${older} older: --all shows them)`)
    out.write(`${lines.join('\n')}\n`)
  }
  await out.flush()
  return EXIT.done
}
