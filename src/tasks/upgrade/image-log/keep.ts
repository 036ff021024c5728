import { RemoteError } from '../../../remote/types.ts'
import type { HostHandle, LogPart } from '../../contract.ts'
import { realClock } from '../follow/clock.ts'
import { plainText } from '../follow/plain-text.ts'

const FETCH_MS = 120_000
/** A network that is being set up anew at the first boot tears one link, hardly two. */
const TRIES = 2
const PAUSE_MS = 3_000

/**
 * Keeps what the upgrade image logged on the controller. What the host went through is over by then, so that nothing that goes wrong here
 * is a failure of it: it is told, and the log stands on the host. Resolves to the file; undefined when there is none.
 */
export async function keepImageLog(
  { boots, signal }: HostHandle,
  fetch: (signal: AbortSignal) => Promise<LogPart[]>,
): Promise<string | undefined> {
  for (let left = TRIES - 1; ; left--) {
    const late = AbortSignal.timeout(FETCH_MS)
    try {
      const parts = await fetch(AbortSignal.any([signal, late]))
      if (parts.length > 0) return await boots.keepLog(parts)
      boots.lackLog('the host has none')
      return undefined
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      if (left === 0 || signal.aborted || late.aborted) {
        boots.lackLog(late.aborted ? `it took more than ${FETCH_MS / 1000} s` : plainText(error.message, 200))
        return undefined
      }
      await realClock.sleep(PAUSE_MS, signal)
    }
  }
}
