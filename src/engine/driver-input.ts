import type { StepRef } from '../events/types.ts'
import type { Step } from '../plan/plan.ts'
import type { HostRun } from './host-run.ts'
import type { Interrupts } from './interrupts.ts'
import type { PlayContext } from './play-context.ts'
import type { ControllerPorts, EngineOptions, EnginePorts } from './ports.ts'
import type { Sessions } from './sessions.ts'

/** One host's turn in one batch of a play. */
export interface HostTurn {
  readonly run: HostRun
  readonly context: PlayContext
  readonly batch: number
  readonly ports: ControllerPorts
  readonly options: EngineOptions
  readonly interrupts: Interrupts
  /** The run of a host by name, for `delegate_to`. */
  readonly runOf: (host: string) => HostRun
}

/** The same with the way to the host. */
export interface DriverInput extends HostTurn {
  readonly sessions: Sessions
  readonly ports: EnginePorts
}

export function stepRef({ context, batch }: HostTurn, step: Step): StepRef {
  return { play: context.planned.index, batch, step: step.index }
}
