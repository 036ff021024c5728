import type { HostBoots } from '../../src/tasks/contract.ts'

/** For tasks that must not care about a host's boots: whatever they ask of these fails the test. */
export const NO_BOOTS = new Proxy({} as HostBoots, {
  get: (_, name) => {
    throw new Error(`this task asked for boots.${String(name)}`)
  },
})
