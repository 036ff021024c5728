import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where built releases live: `$XDG_CACHE_HOME/upgrade-push-lab`. `lab clean` removes it. */
export function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'upgrade-push-lab')
}

/** Where running fleets live: `$XDG_STATE_HOME/upgrade-push-lab`, one folder for each fleet. */
export function stateRoot(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'upgrade-push-lab')
}
