import type { StepRef } from '../events/types.ts'
import type { HostRun } from './host-run.ts'
import type { ControllerPorts } from './ports.ts'

/** Takes a host out of the run, between two steps. `where`: the step that it does not begin. */
export function leaveOut(run: HostRun, where: StepRef, ports: ControllerPorts): void {
  run.state = 'left-out'
  const message = 'left out of the run by the operator: begins no other step'
  ports.emit({ type: 'host_steered', host: run.name, state: 'left-out', message, ...where })
}
