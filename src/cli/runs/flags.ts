import type { Options } from 'yargs'
import { RUN_FLAGS } from '../run-flags.ts'

const output = (describe: string) =>
  ({ type: 'string', nargs: 1, choices: ['plain', 'json'], default: 'plain', describe }) satisfies Options

/** How a run can be looked at. */
export type OutputWord = 'auto' | 'screen' | 'plain' | 'json'

/** Not global, as `runs show` has no use for them. */
export const LIST_FLAGS = {
  output: { ...output('Form of the output; json is one run per line'), global: false },
  last: { alias: ['n'], type: 'number', nargs: 1, default: 30, global: false, describe: 'So many of the newest' },
  all: { alias: ['a'], type: 'boolean', global: false, describe: 'Every run' },
} satisfies Record<string, Options>

export const SHOW_FLAGS = {
  output: RUN_FLAGS.output,
  speed: {
    type: 'string',
    nargs: 1,
    describe: 'Times as fast as it was, such as 1 (the screen) or 60; max: at once (plain and json)',
  },
  host: { type: 'string', nargs: 1, describe: 'Only this host' },
  verbose: RUN_FLAGS.verbose,
} satisfies Record<string, Options>

export const WATCH_FLAGS = {
  output: RUN_FLAGS.output,
  verbose: RUN_FLAGS.verbose,
} satisfies Record<string, Options>

export const RESUME_FLAGS = {
  'extra-vars': {
    ...RUN_FLAGS['extra-vars'],
    describe: 'Variables above those that were recorded; also for hidden values',
  },
  forks: { ...RUN_FLAGS.forks, default: undefined },
  output: { ...RUN_FLAGS.output, default: undefined },
  'take-over': RUN_FLAGS['take-over'],
  confirm: RUN_FLAGS.confirm,
  yes: RUN_FLAGS.yes,
} satisfies Record<string, Options>

/** All flags of the commands for runs, for telling a mistyped one. */
export const RUNS_FLAGS = { ...LIST_FLAGS, ...SHOW_FLAGS }

/** The word that names a run. */
export const RUN_WORD = {
  type: 'string',
  describe: 'Id of a run, its beginning or its last four characters, or last',
} as const
