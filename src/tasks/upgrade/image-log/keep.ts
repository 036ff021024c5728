import { RemoteError } from '../../../remote/types.ts'
import type { HostHandle, LogPart } from '../../contract.ts'
import type { Clock } from '../follow/follow.ts'
import { plainText } from '../follow/plain-text.ts'

const FETCH_MS = 120_000
/** A network that is being set up anew at the first boot tears one link, hardly two. */
const TRIES = 2
const PAUSE_MS = 3_000
/** Times PAUSE_MS: how long a host that was lost is waited for. */
const PAUSES = 20

/** Where the logs come from. Both reject with RemoteError. */
export interface LogReader {
  read(signal: AbortSignal): Promise<LogPart[]>
  /** Resolves when the host answers, where the step goes on with it. */
  reach?(signal: AbortSignal): Promise<unknown>
}

/**
 * Keeps what the upgrade image logged on the controller. What the host went through is over by then, so that nothing that goes wrong here
 * is a failure of it: it is told, and the log stands on the host. Nor does a link that was lost here cost what comes after: the host is
 * waited for. Resolves to the file; undefined when there is none.
 */
export async function keepImageLog(
  { boots, signal }: HostHandle,
  logs: LogReader,
  clock: Pick<Clock, 'sleep'>,
): Promise<string | undefined> {
  let why = ''
  for (let tries = 0; tries < TRIES; tries++) {
    const late = AbortSignal.timeout(FETCH_MS)
    try {
      const parts = await logs.read(AbortSignal.any([signal, late]))
      if (parts.length > 0) return await boots.keepLog(parts)
      why = 'the host has none'
      break
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      why = late.aborted ? `it took more than ${FETCH_MS / 1000} s` : plainText(error.message, 200)
      if (signal.aborted || late.aborted) break
      await comesBack(logs, signal, clock)
    }
  }
  boots.lackLog(why)
  return undefined
}

async function comesBack({ reach }: LogReader, signal: AbortSignal, clock: Pick<Clock, 'sleep'>): Promise<void> {
  for (let pauses = 0; pauses < PAUSES && !signal.aborted; pauses++) {
    await clock.sleep(PAUSE_MS, signal)
    try {
      await reach?.(signal)
      return
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      // Somebody else's key: whatever comes after refuses it as ever.
      if (error.kind === 'host_key') return
    }
  }
}
