import { resolve } from 'node:path'
import type { Argv, CommandModule } from 'yargs'
import type { ControlArguments } from './control.ts'
import { CONTROL_WORDS } from './control-command.ts'
import { LIST_FLAGS, RESUME_FLAGS, RUN_WORD, SHOW_FLAGS, WATCH_FLAGS } from './flags.ts'
import type { ListArguments } from './list.ts'
import type { ShowArguments } from './show.ts'
import type { WatchArguments } from './watch.ts'

type SetExit = (code: number) => void

/** `upgrade-push runs` and what belongs to it. `exit` hears of the exit code. Each command's code is loaded when it is used. */
export function runsCommands(exit: SetExit): CommandModule<object, never>[] {
  return [runs(exit), resume(exit), watch(exit), control(exit)] as CommandModule<object, never>[]
}

function runs(exit: SetExit): CommandModule<unknown, ListArguments> {
  return {
    command: 'runs',
    describe: 'List the runs, newest first, or show one again',
    builder: (yargs: Argv) =>
      yargs
        .command(show(exit))
        .options(LIST_FLAGS)
        .example('$0 runs', 'the newest runs')
        .example('$0 runs --all --output json', 'every run, for a script')
        .example('$0 runs show last', 'the newest run again')
        .example('$0 runs show 20261123T0513 --speed 60', 'a run, an hour in a minute') as Argv<ListArguments>,
    handler: async (args) => exit(await (await import('./list.ts')).listRuns(args)),
  }
}

function show(exit: SetExit): CommandModule<unknown, ShowArguments> {
  return {
    command: 'show [run]',
    describe: 'Show a run again, from its journal',
    builder: (yargs: Argv) =>
      yargs
        .positional('run', RUN_WORD)
        .options(SHOW_FLAGS)
        .example('$0 runs show last', 'the newest run')
        .example('$0 runs show ab12 --host web1', 'what one host did')
        .example(
          '$0 runs show last --output json | jq \'select(.type == "host_result")\'',
          'its results',
        ) as Argv<ShowArguments>,
    handler: async (args) => exit(await (await import('./show.ts')).showRun(args)),
  }
}

function watch(exit: SetExit): CommandModule<unknown, WatchArguments> {
  return {
    command: 'watch [run]',
    describe: 'Look at a run that another terminal drives, until it ends',
    builder: (yargs: Argv) =>
      yargs
        .positional('run', RUN_WORD)
        .options(WATCH_FLAGS)
        .example('$0 watch last', 'the newest run, from its beginning')
        .example('$0 watch last --output json', 'its events as they come') as Argv<WatchArguments>,
    handler: async (args) => exit(await (await import('./watch.ts')).watchRun(args)),
  }
}

function control(exit: SetExit): CommandModule<unknown, ControlArguments> {
  const words = Object.entries(CONTROL_WORDS).map(([word, meaning]) => `${word}: ${meaning}`)
  return {
    command: 'control [run] [command] [host]',
    describe: 'Steer a run that another terminal drives',
    builder: (yargs: Argv) =>
      yargs
        .positional('run', RUN_WORD)
        .positional('command', { type: 'string', describe: words.join('; ') })
        .positional('host', { type: 'string', describe: 'The host, for skip and retry' })
        .example('$0 control last pause', 'no host begins another step')
        .example('$0 control last retry web1', 'a host that failed tries again')
        .example('$0 control last abort', 'stop after the steps that run') as Argv<ControlArguments>,
    handler: async (args) => exit(await (await import('./control.ts')).controlRun(args)),
  }
}

interface ResumeFlags {
  readonly run?: string | undefined
  readonly 'extra-vars'?: string[] | undefined
  readonly forks?: number | undefined
  readonly output?: string | undefined
  readonly 'take-over'?: boolean | undefined
  readonly confirm?: boolean | undefined
  readonly yes?: boolean | undefined
}

function resume(exit: SetExit): CommandModule<unknown, ResumeFlags> {
  return {
    command: 'resume [run]',
    describe: 'Continue a run with its own command line',
    builder: (yargs: Argv) =>
      yargs
        .positional('run', RUN_WORD)
        .options(RESUME_FLAGS)
        .example('$0 resume last', 'go on where the newest run was cut off')
        .example('$0 resume ab12 -e db_password=...', 'give again what no journal keeps') as Argv<ResumeFlags>,
    handler: async ({ run, forks, output, ...flags }) => {
      // Typed here, so meant from here: the run itself goes on where it was started.
      const vars = (flags['extra-vars'] ?? []).map((arg) => (arg.startsWith('@') ? `@${resolve(arg.slice(1))}` : arg))
      const added = [
        ...vars.flatMap((arg) => ['-e', arg]),
        ...(forks === undefined ? [] : ['--forks', String(forks)]),
        ...(output === undefined ? [] : ['--output', output]),
        ...(['take-over', 'confirm', 'yes'] as const).flatMap((name) => (flags[name] ? [`--${name}`] : [])),
      ]
      exit(await (await import('./resume.ts')).resumeRun({ run, added, extraVars: vars }))
    },
  }
}
