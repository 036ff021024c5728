import type { HostResult } from '../../../events/types.ts'

/** Lines of a stream that go into the screen's own log. */
const TAIL = 20
/** Characters of a stream that are looked at: what a command wrote may be megabytes. */
const LOOKED_AT = 20_000

/** What a command that failed said last, stream by stream; all of it is in the host's log on disk. */
export function commandOutput({ status, result }: HostResult): string[] {
  if (status !== 'failed' && status !== 'refused') return []
  return (['stdout', 'stderr'] as const).flatMap((stream) => {
    const text = result?.[stream]
    if (typeof text !== 'string' || text.trim() === '') return []
    const whole = text.length <= LOOKED_AT
    const lines = text.slice(-LOOKED_AT).trimEnd().split(/\r?\n/)
    const shown = lines.slice(-TAIL)
    const last = whole && shown.length === lines.length ? '' : ` (last ${shown.length} lines)`
    // The bar keeps the indent of a line, and tells the command's words from ours.
    return [`[${stream}]${last}`, ...shown.map((one) => `| ${one}`)]
  })
}
