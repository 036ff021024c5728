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
    host.phaseSince = model.time - event.seconds * 1000
  }
  if (text !== undefined && clean(text) !== host.last) model.log(host, `${countText(event)} ${text}`.trimStart())
  host.phase = state === 'done' ? undefined : { phase: clean(phase, 60), state, n, of, text: undefined }
  host.last = text === undefined ? '' : clean(text)
}

/** ` 37/1480`: how much of the phase is done, where it is counted. */
export function countText({ n, of }: { readonly n?: number | undefined; readonly of?: number | undefined }): string {
  return n === undefined ? '' : ` ${n}${of === undefined ? '' : `/${of}`}`
}
