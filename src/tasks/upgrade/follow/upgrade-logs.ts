import { RemoteError } from '../../../remote/types.ts'
import type { HostHandle, UpgradeRecord } from '../../contract.ts'
import { HOST } from '../layout.ts'

const FETCH_MS = 60_000
/** File beside the host's log, `<host>.upgrade.log`. */
const NAME = 'upgrade.log'

/**
 * Ends of the logs that the image, the transaction, the final steps and the first boot left on the host; together less than what one
 * script's output may have. The image has the same as `upgrade-logs`. Wants root.
 */
export const UPGRADE_LOGS = `cd ${HOST.log} 2>/dev/null || exit 0
end_of() {
  [ -f "$1" ] && [ ! -L "$1" ] && [ -s "$1" ] || return 0
  size=$(stat -c %s "$1")
  if [ "$size" -gt "$2" ]; then
    printf '### %s, the last %s of %s bytes\\n' "$1" "$2" "$size"
  else
    printf '### %s, %s bytes\\n' "$1" "$size"
  fi
  tail -c "$2" "$1"
  printf '\\n'
}
end_of initramfs.log 500000
end_of transaction.log 150000
end_of scriptlets.log 50000
end_of finish.log 50000
end_of target-dracut.log 50000
for file in after-transaction/* first-boot/*; do end_of "$file" 10000; done
:`

/**
 * Keeps what the host has written of its upgrade with the run, so that nobody must log in to read it. Returns the file's path; undefined
 * where there is nothing or it can't be had, which is told, and fails nothing: the logs stay on the host.
 */
export async function keepLogs(record: UpgradeRecord, host: HostHandle): Promise<string | undefined> {
  const bounded = AbortSignal.any([host.signal, AbortSignal.timeout(FETCH_MS)])
  try {
    const text = await fetched(record, host, bounded)
    return text.trim() === '' ? undefined : host.keep(NAME, text)
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    host.report(`the logs of the upgrade could not be fetched, they are in ${HOST.log} on the host: ${error.message}`)
    return undefined
  }
}

async function fetched({ image }: UpgradeRecord, { boots }: HostHandle, signal: AbortSignal): Promise<string> {
  const answer = await boots.answer(image, signal)
  if (answer.from === 'system') return (await boots.look([UPGRADE_LOGS], signal))[0]?.stdout ?? ''
  const { session } = answer
  const { stdout } = await session.run(['upgrade-logs'], { signal }).finally(() => session.close())
  return stdout
}
