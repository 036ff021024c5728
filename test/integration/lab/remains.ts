import { existsSync, readFileSync } from 'node:fs'
import { initPid } from '../../../lab/fleet/host.ts'
import { readRecord } from '../../../lab/fleet/record.ts'
import { runFiles } from '../../../lab/fleet/run-files.ts'
import { mountsBelow } from '../../../lab/fleet/stop.ts'
import { markedPids, pidNamespace, pidsIn } from '../../../lab/processes.ts'

/** What of a fleet is still there; every list is empty when nothing is. */
export interface Remains {
  files: string[]
  mounts: string[]
  processes: number[]
  /** Listening sockets in the fleet's address block. */
  sockets: string[]
}

/** The PID namespaces of a fleet's running hosts: whatever lives in one of them belongs to the fleet. */
export async function namespaces(name: string): Promise<Set<string>> {
  const record = await readRecord(name)
  const pids = await Promise.all((record?.hosts ?? []).map((host) => initPid(runFiles(name), host.name)))
  return new Set(pids.flatMap((pid) => (pid === undefined ? [] : (pidNamespace(pid) ?? []))))
}

/** Listening TCP sockets on 127.23.<block>.x. */
function listeners(block: number): string[] {
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1)
  // Addresses are little-endian hexadecimal; state 0A is LISTEN.
  const prefix = `${block.toString(16).padStart(2, '0')}177F`.toUpperCase()
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((cells) => cells[3] === '0A' && cells[1]?.slice(2, 8) === prefix)
    .map((cells) => cells[1] ?? '')
}

/** Looks for everything that a fleet of this name could have left. */
export async function remains(name: string, block: number, owned: ReadonlySet<string>): Promise<Remains> {
  const { dir } = runFiles(name)
  return {
    files: existsSync(dir) ? [dir] : [],
    mounts: await mountsBelow(dir),
    processes: [...new Set([...markedPids(dir), ...pidsIn(owned)])],
    sockets: listeners(block),
  }
}

export const NOTHING: Remains = { files: [], mounts: [], processes: [], sockets: [] }
