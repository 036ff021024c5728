import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('.', import.meta.url))

/** A short digest of named inputs. */
export function digest(...inputs: readonly string[]): string {
  const hash = createHash('sha256')
  for (const input of inputs) hash.update(`${input.length}:${input}`)
  return hash.digest('hex').slice(0, 16)
}

/** A digest of everything that decides what the built distribution looks like, apart from the Debian archive's own state. */
export async function sourcesDigest(): Promise<string> {
  const names = (await readdir(SOURCES)).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(SOURCES, name), 'utf8')))
  return digest(...names, ...texts)
}

/**
 * Returns the folder `path`, built by `build` in a scratch folder beside it unless it is already there.
 * It gets its final name in one rename, so a folder with that name is whole whatever happened to its builder.
 */
export async function buildOnce(path: string, build: (scratch: string) => Promise<void>): Promise<string> {
  if (existsSync(path)) return path
  const parent = join(path, '..')
  await mkdir(parent, { recursive: true })
  const scratch = await mkdtemp(join(parent, `.building-${basename(path)}-`))
  try {
    await build(scratch)
    await rename(scratch, path)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return path
}

/** Removes what killed builders left. Only for the holder of the cache's lock. */
export async function removeScratch(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  for (const name of names.filter((n) => n.startsWith('.building-'))) {
    await rm(join(parent, name), { recursive: true, force: true })
  }
}
