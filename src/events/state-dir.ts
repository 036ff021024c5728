import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'

type Env = { readonly [name: string]: string | undefined }

/** What the controller keeps: `$XDG_STATE_HOME/upgrade-push`, or below `~/.local/state`. A relative XDG_STATE_HOME is ignored, as its specification says. */
export function stateDir(env: Env = process.env): string {
  const base = env.XDG_STATE_HOME
  const state = base && isAbsolute(base) ? base : join(env.HOME || homedir(), '.local', 'state')
  return join(state, 'upgrade-push')
}

/** Where runs are kept. */
export function runsDir(env: Env = process.env): string {
  return join(stateDir(env), 'runs')
}

/**
 * Makes the directory of one run, private (0700) with all of ours above it.
 * Throws UserError when it can't be made, or when somebody else's directory or a link stands in its place.
 */
export function makeRunDir(run: string, env: Env = process.env): string {
  const runs = runsDir(env)
  const dir = join(runs, run)
  try {
    mkdirSync(runs, { recursive: true, mode: 0o700 })
    for (const ours of [join(runs, '..'), runs]) keepPrivate(ours)
    mkdirSync(dir, { mode: 0o700 })
    mkdirSync(join(dir, 'hosts'), { mode: 0o700 })
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError({
      message: `cannot make the journal's directory ${dir}: ${(error as Error).message}`,
      hint: 'make it writable, or point XDG_STATE_HOME to a directory that is',
    })
  }
  return dir
}

function keepPrivate(dir: string): void {
  const found = lstatSync(dir)
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) {
    throw new UserError({
      message: `${dir} is not a directory of the user who runs this`,
      hint: 'move it away, or point XDG_STATE_HOME elsewhere',
    })
  }
  if (found.mode & 0o077) chmodSync(dir, 0o700)
}
