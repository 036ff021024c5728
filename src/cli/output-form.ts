import { UserError } from '../diagnostics/diagnostic.ts'
import type { RunOptions } from './options.ts'

/** Narrower than this a line of a host says nothing. */
const LEAST_COLUMNS = 60

export interface Surroundings {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number }
  readonly env: { readonly [name: string]: string | undefined }
}

/**
 * `auto` is the screen where there is one to be had and `-v` does not ask for more text; otherwise plain.
 * Throws a usage error where the screen is asked for and can't be had.
 */
export function outputForm(
  { output, verbose }: Pick<RunOptions, 'output' | 'verbose'>,
  around: Surroundings,
): 'screen' | 'plain' | 'json' {
  if (output === 'plain' || output === 'json') return output
  const reason = noScreen(around)
  if (output === 'auto') return reason === undefined && verbose === 0 ? 'screen' : 'plain'
  if (reason === undefined) return 'screen'
  const hint = 'leave --output away, or ask for plain or json'
  throw new UserError({ message: `--output screen: ${reason}`, hint }, 'usage')
}

/** Why there can be no screen; undefined where there can. */
function noScreen({ stdin, stdout, env }: Surroundings): string | undefined {
  if (!stdout.isTTY) return 'standard output is no terminal'
  if (!stdin.isTTY) return 'standard input is no terminal, so there would be no keys'
  if (env.TERM === 'dumb') return 'this terminal is dumb (TERM), it can not move its cursor'
  if (inCi(env)) return 'this is a CI job (the variable CI is set)'
  const { columns = 0 } = stdout
  if (columns < LEAST_COLUMNS) return `the terminal has ${columns} columns, the screen needs ${LEAST_COLUMNS}`
  return undefined
}

/** As the library that draws the screen decides it: in a CI job it draws nothing. */
function inCi(env: Surroundings['env']): boolean {
  return [env.CI, env.CONTINUOUS_INTEGRATION].some((value) => value !== undefined && value !== '0' && value !== 'false')
}
