import yargs from 'yargs'
import { FLAGS } from './known-flags.ts'
import { parseRunOptions, type RunOptions } from './options.ts'
import { RUN_FLAGS, runFlags } from './run-flags.ts'
import { refuseMisleading, usageError } from './usage.ts'

/** Options that take several values; of the others the last one given counts. */
const LISTS = new Set([
  'playbooks',
  ...Object.entries(RUN_FLAGS).flatMap(([name, flag]) => (isList(flag) ? [name] : [])),
])

function isList(flag: object): boolean {
  return 'array' in flag || ('nargs' in flag && Number(flag.nargs) > 1)
}

/** The options of a run from its words, as the main command takes them; what was added at the end wins. Throws a usage error. */
export async function runOptionsOf(args: readonly string[]): Promise<RunOptions> {
  refuseMisleading(args, FLAGS)
  let given: Record<string, unknown> = {}
  await yargs([...args])
    .command('$0 <playbooks..>', false, runFlags, (argv) => {
      given = argv
    })
    .parserConfiguration({ 'boolean-negation': false, 'greedy-arrays': false })
    .version(false)
    .help(false)
    .strict()
    .fail((message: string | null, error: Error | undefined) => {
      throw error && error.name !== 'YError' ? error : usageError(error?.message ?? message ?? '', FLAGS, args)
    })
    .parseAsync()
  return parseRunOptions(
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        Array.isArray(value) && !LISTS.has(dashed(name)) ? value.at(-1) : value,
      ]),
    ),
  )
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
