import { gone, type RunState } from './fold.ts'
import { reached } from './reached.ts'
import type { Counts } from './types.ts'

/** Counts of every host, by name, as the run leaves them: a host that did not get to the end of its play says so, whatever it had done. */
export function recap(state: RunState): { [host: string]: Counts } {
  const far = reached(state)
  return Object.fromEntries(
    state.hosts.entries().map(([name, host]) => {
      const where = gone(host) ? 'end' : far(name)
      if (where === 'end') return [name, host.counts]
      return [name, { ...host.counts, ...(where === 'stopped' ? { stopped: 1 } : { notBegun: 1 }) }]
    }),
  )
}
