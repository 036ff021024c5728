import { statfsSync } from 'node:fs'

const MIB = 1024 * 1024

/** How much room there is where a path lies, for people: `3 of 64 MiB are free`. Undefined where the file system does not tell. */
export function freeSpace(path: string): string | undefined {
  try {
    const { bsize, bavail, blocks } = statfsSync(path)
    return `${Math.floor((bavail * bsize) / MIB)} of ${Math.ceil((blocks * bsize) / MIB)} MiB are free`
  } catch {
    return undefined
  }
}
