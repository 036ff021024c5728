#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { formatDiagnostic, UserError } from '../diagnostics/diagnostic.ts'
import { EXIT } from '../events/outcome.ts'
import { visibleLines } from '../events/visible.ts'
import { version } from './about.ts'
import { NoPlan } from './confirm/no-plan.ts'
import { inventoryCommand } from './inventory.ts'
import { FLAGS } from './known-flags.ts'
import { parseRunOptions } from './options.ts'
import { AbortedAtPrompt } from './prompt.ts'
import { runFlags } from './run-flags.ts'
import { runsCommands } from './runs/commands.ts'
import { refuseMisleading, refuseMistypedCommand, usageError } from './usage.ts'

/** Exit code of a whole command line. Never throws for what a user did; whatever else goes wrong is a bug and says so. */
async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done
  const parser = yargs([...args])
    .scriptName('upgrade-push')
    .usage('Usage: $0 -i INVENTORY PLAYBOOK... [options]\n       $0 inventory -i INVENTORY --list|--graph|--host NAME')
    .command(inventoryCommand)
    .command(
      runsCommands((code) => {
        exitCode = code
      }),
    )
    .command('$0 <playbooks..>', 'Run playbooks on the hosts of an inventory', runFlags, async (argv) => {
      // The engine, SSH and all tasks are loaded only when something is to be run.
      const { run } = await import('./run.ts')
      exitCode = await run(parseRunOptions(argv), { args })
    })
    .parserConfiguration({ 'boolean-negation': false, 'greedy-arrays': false })
    .version(version)
    .help()
    .alias('h', 'help')
    .strict()
    .recommendCommands()
    .wrap(process.stdout.isTTY ? Math.min(120, process.stdout.columns) : 100)
    .fail((message: string | null, error: Error | undefined) => {
      throw error && error.name !== 'YError' ? error : usageError(error?.message ?? message ?? '', FLAGS, args)
    })
  try {
    refuseMisleading(args, FLAGS)
    refuseMistypedCommand(args, existsSync)
    await parser.parseAsync()
    return exitCode
  } catch (error) {
    return explain(error)
  }
}

function explain(error: unknown): number {
  if (error instanceof AbortedAtPrompt) {
    process.stderr.write(`${error.message}\n`)
    return EXIT.aborted
  }
  if (error instanceof NoPlan) {
    process.stderr.write(`${error.message}\n`)
    return error.exitCode
  }
  if (error instanceof UserError) {
    const text = error.diagnostics.map(formatDiagnostic).join('\n')
    process.stderr.write(`${visibleLines(text).join('\n')}\n`)
    return error.kind === 'usage' ? EXIT.usage : EXIT.input
  }
  if (error instanceof Error && error.name === 'YError') return explain(usageError(error.message, FLAGS))
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`upgrade-push ${version} has a bug and stopped. Please report this:\n${detail}\n`)
  return EXIT.error
}

// A run is over before optimised code pays for being made: V8 is to wait eight times as long before it makes any. Only the V8 of Node 20 is
// known to have the flag; one that lacks it would say so at every start.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000')
// All output has left. Links that were closed still wait for the other end's answer, a round trip that nobody needs.
process.exit(await main(hideBin(process.argv)))
