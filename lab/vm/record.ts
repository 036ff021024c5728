import { readdir, readFile, writeFile } from 'node:fs/promises'
import { type VmFiles, vmFiles, vmRoot } from './files.ts'

/** What other commands need to know of a machine. */
export interface VmRecord {
  name: string
  port: number
  /** Key of what its disks lie on. */
  base: string
  pid: number
}

export const writeRecord = (files: VmFiles, record: VmRecord): Promise<void> =>
  writeFile(files.record, `${JSON.stringify(record)}\n`)

/** Undefined: there is no such machine, or it was cut off while it started. */
export async function readRecord(files: VmFiles): Promise<VmRecord | undefined> {
  try {
    return JSON.parse(await readFile(files.record, 'utf8')) as VmRecord
  } catch {
    return undefined
  }
}

/** Names of the machines that have a folder, running or not. */
export async function vmNames(): Promise<string[]> {
  const entries = await readdir(vmRoot(), { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** Do any machine's disks lie on this? */
export async function baseInUse(key: string): Promise<boolean> {
  const records = await Promise.all((await vmNames()).map((name) => readRecord(vmFiles(name))))
  return records.some((record) => record?.base === key)
}
