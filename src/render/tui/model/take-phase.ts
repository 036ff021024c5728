import type { RunEvent } from '../../../events/types.ts'
import { clean } from './clean.ts'
import type { HostView } from './host.ts'
import type { RunModel } from './run-model.ts'

/** Where the host, which is in this step, is in its upgrade. One that takes longer than expected is late: watched on, not lost. */
export function takePhase(model: RunModel, host: HostView, event: Extract<RunEvent, { type: 'phase' }>): void {
  const { phase, state, n, of, text } = event
  host.standing = state === 'overdue' ? 'late' : 'running'
  if (host.phase?.phase !== phase) {
    model.log(host, `phase: ${phase}`)
    host.since = model.time - event.seconds * 1000
  }
  if (text !== undefined && text !== host.last) model.log(host, text)
  host.phase = state === 'done' ? undefined : { phase: clean(phase, 60), state, n, of, text: undefined }
  host.last = text === undefined ? '' : clean(text)
}
