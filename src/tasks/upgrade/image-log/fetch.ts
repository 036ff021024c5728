import { type ImageIdentity, type ImageSession, RemoteError } from '../../../remote/types.ts'
import type { HostBoots, LogPart } from '../../contract.ts'
import type { LogReader } from './keep.ts'
import { IMAGE_JOURNAL, logPart, systemLogs, withoutBoot } from './sources.ts'

/** Where the image has the host's root. */
const IMAGE_ROOT = '/sysroot'

/** What the upgrade left on the system that runs now. */
export function logsOfSystem(boots: HostBoots): LogReader {
  return {
    reach: (signal) => boots.look([':'], signal),
    read: async (signal) => {
      const sources = systemLogs()
      const scripts = sources.map(({ script }) => script)
      const outputs = await boots.look(scripts, signal)
      return sources.flatMap((source, i) => logPart(source, outputs[i]?.stdout ?? '') ?? [])
    },
  }
}

/** What an image that waits for a person has to tell, and what earlier boots of it left on the host. */
export function logsOfImage(boots: HostBoots, image: ImageIdentity | null): LogReader {
  return {
    read: async (signal) => {
      const answer = await boots.answer(image, signal)
      if (answer.from !== 'image') throw new RemoteError('lost', '', 'the upgrade image does not answer any more')
      const { session } = answer
      return await readImage(session, signal).finally(() => session.close())
    },
  }
}

async function readImage(session: ImageSession, signal: AbortSignal): Promise<LogPart[]> {
  const { stdout: boot } = await session.run(['cat', '/proc/sys/kernel/random/boot_id'], { signal })
  const parts: LogPart[] = []
  for (const [index, source] of [...systemLogs(IMAGE_ROOT), IMAGE_JOURNAL].entries()) {
    const { stdout } = await session.run(['sh', '-c', source.script], { signal })
    const part = logPart(source, stdout)
    // The first one is what boots of the image saved, this one too when it began to wait.
    const kept = part && index === 0 ? withoutBoot(part, boot.trim()) : part
    if (kept) parts.push(kept)
  }
  return parts
}
