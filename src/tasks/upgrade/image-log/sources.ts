import type { LogPart } from '../../contract.ts'
import { HOST } from '../layout.ts'

/** A log that an upgrade leaves, and the read-only sh that prints how many bytes there are of it, then its last lines. */
export interface LogSource {
  /** Where it stands, for a person. */
  readonly name: string
  readonly script: string
  /** Bytes that are fetched at most. */
  readonly most: number
}

/** What a command may answer is 1 MiB, and the line with the size must find room. */
const JOURNAL_BYTES = 1020 * 1024
/** What programs printed stands in the journal too. */
const OUTPUT_BYTES = 256 * 1024

/** Names below HOST.log, in the order in which they are written. What `run_dracut` leaves there was told while it ran. */
const OUTPUTS = [
  'transaction.log',
  'scriptlets.log',
  'finish.log',
  'target-dracut.log',
  'after-transaction/*.log',
  'first-boot/*.log',
]

/** The logs of the upgrade as they stand on a system. `root`: where that system is mounted; empty for the one that runs. */
export function systemLogs(root = ''): LogSource[] {
  const dir = `${root}${HOST.log}`
  return [files(`${dir}/initramfs.log`, JOURNAL_BYTES), ...OUTPUTS.map((name) => files(`${dir}/${name}`, OUTPUT_BYTES))]
}

/** The journal of the image that runs: it may have been unable to write it to the host. How long it is shows only when it was read. */
export const IMAGE_JOURNAL: LogSource = {
  name: 'journal of the image',
  script: `echo '?'\ntimeout 60 journalctl --boot --no-pager --output short-precise | tail -c ${JOURNAL_BYTES}`,
  most: JOURNAL_BYTES,
}

/** `pattern`: absolute, `*` for any part of a name. */
function files(pattern: string, most: number): LogSource {
  const script = `bytes=0
for log in ${pattern}; do [ ! -f "$log" ] || bytes=$((bytes + $(stat -L -c %s "$log"))); done
echo "$bytes"
for log in ${pattern}; do
  [ -f "$log" ] || continue
  if [ "$(stat -L -c %s "$log")" -gt ${most} ]; then tail -c ${most} "$log" | tail -n +2; else cat "$log"; fi
done | tail -c ${most}`
  return { name: pattern, script, most }
}

/** What a source's script printed; undefined where there is no such log, or nothing in it. */
export function logPart({ name, most }: LogSource, stdout: string): LogPart | undefined {
  const end = stdout.indexOf('\n')
  const text = stdout.slice(end + 1)
  const bytes = /^\d+$/.test(stdout.slice(0, Math.max(0, end))) ? Number(stdout.slice(0, end)) : undefined
  if (end < 0 || (text === '' && (bytes ?? 0) < most)) return undefined
  const cut = (bytes ?? Buffer.byteLength(text)) >= most
  // Of a line that begins before what was fetched nothing is kept: half a secret can't be recognised as one.
  return { name, bytes, cut, text: cut ? text.slice(text.indexOf('\n') + 1 || text.length) : text }
}

/** What `initramfs.log` has of other boots: the journal of the one that runs is fetched as it is now. */
export function withoutBoot(part: LogPart, bootId: string): LogPart | undefined {
  const head = `### upgrade-push: initramfs, boot ${bootId},`
  const at = `\n${part.text}`.indexOf(`\n${head}`)
  if (at < 0) return part
  return at === 0 ? undefined : { ...part, text: part.text.slice(0, at) }
}
