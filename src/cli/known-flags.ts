import { INVENTORY_FLAGS } from './inventory.ts'
import { RUN_FLAGS } from './run-flags.ts'
import { RUNS_FLAGS } from './runs/flags.ts'
import type { KnownFlags } from './usage.ts'

/** Every flag of every command. */
export const FLAGS: KnownFlags = (() => {
  const flags = {
    ...RUNS_FLAGS,
    ...INVENTORY_FLAGS,
    ...RUN_FLAGS,
    help: { type: 'boolean', alias: ['h'] },
    version: { type: 'boolean' },
  }
  const named = Object.entries(flags).map(([name, flag]) => ({
    names: [name, ...('alias' in flag ? flag.alias : [])],
    flag,
  }))
  return {
    names: named.flatMap(({ names }) => names),
    switches: new Set(named.filter(({ flag }) => flag.type === 'boolean').flatMap(({ names }) => names)),
  }
})()
