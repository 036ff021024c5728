import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { initPid } from './host.ts'
import type { RunFiles } from './run-files.ts'

/** A file tree by path: everything that says whether somebody wrote to it, modification times included. */
export type Tree = ReadonlyMap<string, string>

async function content(path: string, isFile: boolean, isLink: boolean): Promise<string> {
  if (isFile) return createHash('sha256').update(readFileSync(path)).digest('hex')
  return isLink ? await readlink(path) : ''
}

async function walk(root: string, prefix: string, tree: Map<string, string>): Promise<void> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(prefix, entry.name)
    const stat = await lstat(join(root, path), { bigint: true })
    const what = await content(join(root, path), entry.isFile(), entry.isSymbolicLink())
    tree.set(path, [stat.mode.toString(8), stat.uid, stat.gid, stat.size, stat.rdev, stat.mtimeNs, what].join(' '))
    if (entry.isDirectory()) await walk(root, path, tree)
  }
}

/**
 * What a host has written so far: the upper layer of its root, where every change to it lands, and its filesystems in
 * memory: /boot, /run and /dev. The host need not know that it is looked at.
 *
 * @throws Error when the host does not run.
 */
export async function hostTree(files: RunFiles, host: string): Promise<Tree> {
  const pid = await initPid(files, host)
  if (pid === undefined) throw new Error(`the host '${host}' does not run`)
  const tree = new Map<string, string>()
  await walk(join(files.host(host), 'upper'), '/', tree)
  for (const mount of ['/boot', '/run', '/dev/shm']) await walk(`/proc/${pid}/root`, mount, tree)
  return tree
}

/** Paths that are in one tree only or differ, sorted; only those that start with `below` when it is given. */
export function differences(before: Tree, after: Tree, below = '/'): string[] {
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths].filter((path) => path.startsWith(below) && before.get(path) !== after.get(path)).sort()
}
