import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'

interface TreeFile {
  /** Relative, `/` between parts. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly mode: number
}

export interface TreeNames {
  readonly files: readonly TreeFile[]
  /** Relative names of the directories below the top, parents first. */
  readonly directories: readonly string[]
}

/**
 * What is in a directory, sorted by name. A link to a file inside the tree counts as that file.
 * Throws UserError for what can't be copied faithfully: links out of the tree or to directories, devices, names that are not UTF-8.
 */
export async function walkTree(dir: string): Promise<TreeNames> {
  const files: TreeFile[] = []
  const directories: string[] = []
  let top: string
  try {
    top = await realpath(dir)
  } catch (error) {
    throw new UserError(`cannot read the directory ${dir}: ${(error as Error).message}`)
  }
  const pending = ['']
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    for (const entry of await entries(join(dir, below))) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      const path = join(dir, name)
      if (entry.name.includes('\ufffd')) throw new UserError(`the name of ${path} is not UTF-8`)
      if (entry.isDirectory()) {
        directories.push(name)
        pending.push(name)
      } else if (entry.isFile()) files.push({ name, path, mode: (await stat(path)).mode & 0o7777 })
      else if (entry.isSymbolicLink()) files.push({ name, path, mode: await linkedMode(path, top) })
      else throw new UserError(`${path} is neither a file nor a directory`)
    }
  }
  return { files: files.sort((a, b) => compare(a.name, b.name)), directories: directories.sort(compare) }
}

async function entries(dir: string) {
  try {
    return await readdir(dir, { withFileTypes: true })
  } catch (error) {
    throw new UserError(`cannot read the directory ${dir}: ${(error as Error).message}`)
  }
}

async function linkedMode(path: string, top: string): Promise<number> {
  const target = await realpath(path).catch(() => undefined)
  if (target === undefined) throw new UserError(`the symbolic link ${path} leads nowhere`)
  if (!target.startsWith(top + sep)) throw new UserError(`the symbolic link ${path} leads out of ${top}`)
  const found = await stat(target)
  if (!found.isFile()) throw new UserError(`${path} is a symbolic link to something that is no file`)
  return found.mode & 0o7777
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
