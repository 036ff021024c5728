import { type ImageIdentity, type ImageSession, RemoteError } from '../../../remote/types.ts'
import type { HostBoots, LogPart } from '../../contract.ts'
import { IMAGE_JOURNAL, logPart, systemLogs, withoutBoot } from './sources.ts'

/** Where the image has the host's root. */
const IMAGE_ROOT = '/sysroot'

/** What the upgrade left on the system that runs now. Rejects with RemoteError. */
export async function logsOfSystem(boots: HostBoots, signal: AbortSignal): Promise<LogPart[]> {
  const sources = systemLogs()
  const outputs = await boots.look(
    sources.map(({ script }) => script),
    signal,
  )
  return sources.flatMap((source, i) => logPart(source, outputs[i]?.stdout ?? '') ?? [])
}

/** What an image that waits for a person has to tell, and what earlier boots of it left on the host. Rejects with RemoteError. */
export async function logsOfImage(
  boots: HostBoots,
  image: ImageIdentity | null,
  signal: AbortSignal,
): Promise<LogPart[]> {
  const answer = await boots.answer(image, signal)
  if (answer.from !== 'image') throw new RemoteError('lost', '', 'the upgrade image does not answer any more')
  const { session } = answer
  try {
    return await read(session, signal)
  } finally {
    session.close()
  }
}

async function read(session: ImageSession, signal: AbortSignal): Promise<LogPart[]> {
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
