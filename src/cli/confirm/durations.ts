import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../diagnostics/diagnostic.ts'
import { readJournal } from '../../events/read-journal.ts'

/** Newest applies that are read, and how much of them: no plan waits for the history of years. */
const RUNS = 20
const MAX_BYTES = 64 * 1024 * 1024

/** How long a step took on past hosts, in milliseconds: a range that most of them are in. */
export interface Duration {
  readonly low: number
  readonly high: number
  readonly hosts: number
}

/** By task, from the journals of this controller's past applies that really changed something. `dir`: where runs are kept. */
export async function pastDurations(dir: string): Promise<Map<string, Duration>> {
  const times = new Map<string, number[]>()
  let bytes = 0
  let applies = 0
  const runs = (await readdir(dir).catch(() => [])).sort().reverse()
  for (const run of runs) {
    if (applies === RUNS || bytes > MAX_BYTES) break
    const path = join(dir, run, 'events.ndjson')
    const size = await stat(path).then(
      (found) => found.size,
      () => Number.POSITIVE_INFINITY,
    )
    if (bytes + size > MAX_BYTES) continue
    bytes += size
    if (await addTimes(path, times)) applies++
  }
  return new Map([...times].map(([task, all]) => [task, rangeOf(all)]))
}

/** False for a journal that tells nothing: of a check, of a rehearsal, of a newer version, or none at all. */
async function addTimes(path: string, times: Map<string, number[]>): Promise<boolean> {
  const tasks = new Map<number, readonly { task: string }[]>()
  let found = false
  try {
    for await (const event of readJournal(path)) {
      if (event.type === 'run_started' && (event.mode !== 'apply' || event.rehearsal !== undefined)) return false
      if (event.type === 'play_started') tasks.set(event.play, event.steps)
      if (event.type !== 'host_result' || event.item || event.status !== 'changed') continue
      const task = tasks.get(event.play)?.[event.step]?.task
      if (task === undefined) continue
      const known = times.get(task)
      if (known) known.push(event.ms)
      else times.set(task, [event.ms])
      found = true
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
  }
  return found
}

function rangeOf(all: number[]): Duration {
  const sorted = all.sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? 0
  return { low: at(0.1), high: at(0.95), hosts: sorted.length }
}
