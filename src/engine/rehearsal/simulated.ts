import type { Driving } from '../driving.ts'
import { SimulatedHost } from './simulated-host.ts'
import { Attempts, type Stage, Unknowns } from './stage.ts'

/** Drives hosts that are not there: nothing of a host's address, keys or connection is ever asked for. */
export function simulated(stage: Stage): Driving {
  const shared = { ...stage, attempts: new Attempts(), unknowns: new Unknowns() }
  return {
    driverOf: (turn) => new SimulatedHost(turn, shared),
    reopen: async () => {},
    release: async () => {},
  }
}
