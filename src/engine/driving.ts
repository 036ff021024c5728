import type { Step } from '../plan/plan.ts'
import type { HostTurn } from './driver-input.ts'
import { HostDriver } from './host-driver.ts'
import type { HostRun } from './host-run.ts'
import type { EngineOptions, EnginePorts } from './ports.ts'
import { Sessions } from './sessions.ts'

/**
 * Does the steps of one host's turn, one after the other; whether the next may begin is not for the driver to say. Errors that a step can carry
 * are that step's result; others are thrown.
 */
export interface Driver {
  runStep(step: Step): Promise<void>
  /** Ends what was only gathered so far: the host waits, leaves, or meets the others. */
  flush(): Promise<void>
}

/** How hosts are driven: over their connections, or in a rehearsal by simulation. */
export interface Driving {
  driverOf(turn: HostTurn): Driver
  /** A host that was lost begins again, with a new driver: whatever was lost of the way to it is made anew when it is next needed. */
  reopen(run: HostRun): Promise<void>
  /** Gives a host back at the end of the run. Never throws. */
  release(run: HostRun): Promise<void>
}

/** Over one connection per host. */
export function overSessions(ports: EnginePorts, options: EngineOptions, signal: AbortSignal): Driving {
  const sessions = new Sessions(ports, options.mode, signal)
  return {
    driverOf: (turn) => new HostDriver({ ...turn, ports, sessions }),
    reopen: (run) => sessions.reopen(run.name),
    // A host that can't be reached keeps its lock; the next run finds the holder dead and takes over.
    release: async (run) => {
      await run.unlock?.().catch(() => undefined)
      await sessions.close(run.name).catch(() => undefined)
    },
  }
}
