import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { stateRoot } from '../paths.ts'
import type { PlannedHost } from './plan.ts'
import { runFiles } from './run-files.ts'

/** What is known of a fleet that runs, or whose remains lie about. */
export interface FleetRecord {
  name: string
  /** Third number of its addresses: 127.23.<block>.x. */
  block: number
  /** Name of the built distribution that it stands on. */
  distro: string
  hosts: PlannedHost[]
}

const BLOCKS = 255

/** @returns undefined when there is no such fleet, or nothing of it but an empty folder. */
export async function readRecord(name: string): Promise<FleetRecord | undefined> {
  const text = await readFile(runFiles(name).record, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as FleetRecord)
}

/** Written before anything is started, in one rename. */
export async function writeRecord(record: FleetRecord): Promise<void> {
  const { dir, record: path } = runFiles(record.name)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await writeFile(`${path}.new`, JSON.stringify(record, null, 2))
  await rename(`${path}.new`, path)
}

/** Every fleet that has left a record. */
export async function allRecords(): Promise<FleetRecord[]> {
  const entries = await readdir(stateRoot(), { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const records = await Promise.all(names.map(readRecord))
  return records.filter((record) => record !== undefined)
}

/** Whether a fleet's hosts stand on this build of the distribution. */
export async function distroInUse(key: string): Promise<boolean> {
  return (await allRecords()).some((record) => record.distro === key)
}

/**
 * An address block that no other fleet has. The demo always has 0, so that its addresses can be written down.
 *
 * @throws Error when all are taken.
 */
export async function freeBlock(name: string): Promise<number> {
  if (name === DEMO) return 0
  const taken = new Set((await allRecords()).map((record) => record.block))
  for (let block = 1; block < BLOCKS; block++) if (!taken.has(block)) return block
  throw new Error(`all ${BLOCKS} address blocks are taken; end a fleet with 'npm run lab -- down --name NAME'`)
}

/** The fleet that commands mean when none is named. */
export const DEMO = 'demo'

/** Name of the lock under which a fleet is started and ended. Addresses belong to the machine, whoever's state folder it is. */
export function fleetLock(name: string): string {
  return `fleet ${name}`
}

/** Name of the lock under which address blocks are given out and the state folder comes and goes. */
export const BLOCKS_LOCK = 'blocks'
