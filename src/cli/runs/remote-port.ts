import { UserError } from '../../diagnostics/diagnostic.ts'
import type { ControlPort } from '../../events/commands.ts'
import { askRun } from './control-client.ts'

/**
 * The control port of a run that another process drives. What the run makes of a command comes back as an event in its journal; `told` hears
 * what no event tells: that nobody took it.
 */
export function remotePort(dir: string, run: string, told: (message: string) => void): ControlPort {
  return (command) => {
    askRun(dir, run, command).then(
      ({ accepted, message }) => {
        if (!accepted) told(message)
      },
      (error: unknown) => told(error instanceof UserError ? (error.diagnostics[0]?.message ?? '') : String(error)),
    )
    return { accepted: true, message: 'sent to the run' }
  }
}
