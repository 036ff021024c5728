import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve as resolvePath } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { ContentStore } from './content-store.ts'
import type { Content, ControllerFiles, TarEntry } from './contract.ts'
import { walkTree } from './controller-tree.ts'
import { ustar } from './tar.ts'
import { ownUpgradeKey } from './upgrade/access/upgrade-key.ts'

/** Archives kept for further hosts that need the same set. */
const TAR_CACHE_BYTES = 64 * 1024 * 1024
/** A directory is listed again after so long; see ContentStore. */
const FRESH_MS = 1_000

type Tree = Awaited<ReturnType<ControllerFiles['tree']>>

export interface ControllerFilesOptions {
  /** Absolute directory of the playbook. */
  readonly playbookDir: string
  /** Absolute directory of the tool's assets. */
  readonly assetsDir: string
  /** Folder of the controller's own keys, and whether one may be made there. Without it there are none. */
  readonly keys?: { readonly dir: string; readonly make: boolean } | undefined
  /** Shared by the playbooks of a run. */
  readonly store?: ContentStore
  readonly now?: () => number
}

/** The controller's files for the tasks of one playbook; everything is read and hashed once for the whole fleet. */
export function createControllerFiles(options: ControllerFilesOptions): ControllerFiles {
  return new LocalFiles(options)
}

class LocalFiles implements ControllerFiles {
  readonly playbookDir: string
  readonly assetsDir: string
  readonly #keys: ControllerFilesOptions['keys']
  readonly #store: ContentStore
  readonly #now: () => number
  readonly #trees = new Map<string, { at: number; tree: Promise<{ files: Tree; directories: readonly string[] }> }>()
  readonly #tars = new Map<string, Uint8Array>()

  constructor({ playbookDir, assetsDir, keys, store, now = () => performance.now() }: ControllerFilesOptions) {
    this.#keys = keys
    this.playbookDir = playbookDir
    this.assetsDir = assetsDir
    this.#now = now
    this.#store = store ?? new ContentStore(now)
  }

  resolve(path: string, subdirs: readonly string[] = []): string {
    const wanted = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
    const places = isAbsolute(wanted)
      ? [resolvePath(wanted)]
      : [...subdirs, '.'].map((subdir) => resolvePath(this.playbookDir, subdir, wanted))
    const found = places.find((place) => existsSync(place))
    if (found === undefined) {
      throw new UserError({ message: `"${path}" does not exist on the controller`, hint: `tried ${places.join(', ')}` })
    }
    return found
  }

  file(path: string): Promise<Content> {
    return this.#store.file(path)
  }

  bytes(data: Uint8Array | string): Content {
    return this.#store.bytes(typeof data === 'string' ? Buffer.from(data) : data)
  }

  async tree(dir: string): Promise<Tree> {
    return (await this.#walk(dir)).files
  }

  async directories(dir: string): Promise<readonly string[]> {
    return (await this.#walk(dir)).directories
  }

  async list(dir: string): Promise<readonly string[]> {
    try {
      return (await readdir(dir)).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw new UserError(`cannot read the directory ${dir}: ${(error as Error).message}`)
    }
  }

  async text(path: string): Promise<string> {
    let data: Buffer
    try {
      data = await readFile(path)
    } catch (error) {
      throw new UserError(`cannot read ${path}: ${(error as Error).message}`)
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(data)
    } catch {
      throw new UserError(`${path} is not UTF-8 text`)
    }
  }

  upgradeKey(): string | undefined {
    if (this.#keys) return ownUpgradeKey(this.#keys.dir, this.#keys.make)
    throw new UserError({
      message: 'there is no place for a key of the controller',
      hint: 'give one: upgrade_ssh_key',
    })
  }

  read(content: Content): Uint8Array {
    return this.#store.read(content)
  }

  tar(entries: readonly TarEntry[]): Uint8Array {
    const key = createHash('sha256')
      .update(JSON.stringify(entries.map(({ name, mode, content }) => [name, mode, content?.sha256 ?? ''])))
      .digest('hex')
    const known = this.#tars.get(key)
    if (known) return known
    const members = entries.map(({ name, mode, content }) => ({ name, mode, data: content && this.read(content) }))
    const archive = ustar(members)
    this.#tars.set(key, archive)
    let total = 0
    for (const each of this.#tars.values()) total += each.length
    for (const [oldest, each] of this.#tars) {
      if (total <= TAR_CACHE_BYTES || oldest === key) break
      this.#tars.delete(oldest)
      total -= each.length
    }
    return archive
  }

  #walk(dir: string): Promise<{ files: Tree; directories: readonly string[] }> {
    const known = this.#trees.get(dir)
    if (known && this.#now() - known.at < FRESH_MS) return known.tree
    const tree = this.#read(dir)
    this.#trees.set(dir, { at: this.#now(), tree })
    return tree
  }

  async #read(dir: string): Promise<{ files: Tree; directories: readonly string[] }> {
    const { files, directories } = await walkTree(dir)
    const read: { name: string; mode: number; content: Content }[] = []
    // One after the other: a big tree must not open a thousand files at once.
    for (const { name, path, mode } of files) read.push({ name, mode, content: await this.file(path) })
    return { files: read, directories }
  }
}
