import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'

export interface PathInfo {
  readonly kind: 'file' | 'directory' | 'other'
  readonly executable: boolean
  /** Permission bits. */
  readonly mode: number
}

interface ScriptResult {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly stdout: Uint8Array
  readonly stderr: string
}

/** What the loading of inventories asks of the machine. */
export interface InventoryIo {
  /** Undefined when there is nothing at the path. */
  info(path: string): Promise<PathInfo | undefined>
  read(path: string): Promise<Uint8Array>
  /** Names in a directory, sorted by code points. */
  list(path: string): Promise<readonly string[]>
  /** Runs a program without a shell. Throws when it can't be started. */
  run(path: string, args: readonly string[]): Promise<ScriptResult>
  /** Effective user id. */
  readonly uid: number
}

/** An inventory script that asks a slow API may take minutes, but not for ever. */
const SCRIPT_TIMEOUT_MS = 300_000
const MAX_OUTPUT = 256 * 1024 * 1024

export const machine: InventoryIo = {
  async info(path) {
    try {
      const found = await stat(path)
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other'
      return { kind, executable: found.isFile() && (found.mode & 0o111) !== 0, mode: found.mode & 0o7777 }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
      throw error
    }
  },
  read: (path) => readFile(path),
  list: async (path) => (await readdir(path)).sort(),
  run: (path, args) =>
    new Promise((resolve, reject) => {
      const options = { encoding: 'buffer', maxBuffer: MAX_OUTPUT, timeout: SCRIPT_TIMEOUT_MS } as const
      execFile(path, [...args], options, (error, stdout, stderr) => {
        if (error && typeof error.code === 'string') reject(error)
        else {
          const code = error ? (typeof error.code === 'number' ? error.code : undefined) : 0
          resolve({ code, signal: error?.signal ?? undefined, stdout, stderr: stderr.toString('utf8') })
        }
      }).stdin?.end()
    }),
  uid: process.geteuid?.() ?? -1,
}
