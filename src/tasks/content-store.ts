import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { Content } from './contract.ts'

/** Files up to this size are kept in memory once read; bigger ones are hashed as a stream and read when needed. */
const KEEP_BYTES = 4 * 1024 * 1024
/** Memory for bytes of bigger files, the least recently used go first. */
const BIG_BYTES = 128 * 1024 * 1024
/** A file is looked at again after so long: a thousand hosts of one run don't cost a thousand `stat` calls. */
const FRESH_MS = 1_000

interface Known {
  readonly stamp: string
  readonly content: Content
  checked: number
}

/** Bytes of the controller by their digest, read and hashed once for all hosts. */
export class ContentStore {
  readonly #files = new Map<string, Known>()
  readonly #running = new Map<string, Promise<Content>>()
  readonly #bytes = new Map<string, Uint8Array>()
  readonly #big = new Map<string, Uint8Array>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Digest and size of a regular file; cached by path, inode, size and times. Throws UserError when it can't be read. */
  file(path: string): Promise<Content> {
    const known = this.#files.get(path)
    if (known && this.#now() - known.checked < FRESH_MS) return Promise.resolve(known.content)
    let running = this.#running.get(path)
    if (!running) {
      running = this.#look(path).finally(() => this.#running.delete(path))
      this.#running.set(path, running)
    }
    return running
  }

  bytes(data: Uint8Array): Content {
    const sha256 = createHash('sha256').update(data).digest('hex')
    if (!this.#bytes.has(sha256)) this.#bytes.set(sha256, data)
    return { sha256, size: data.length }
  }

  /** Throws UserError when a file is not any more what its digest says. */
  read(content: Content): Uint8Array {
    const kept = this.#bytes.get(content.sha256)
    if (kept) return kept
    const big = this.#big.get(content.sha256)
    if (big) {
      this.#big.delete(content.sha256)
      this.#big.set(content.sha256, big)
      return big
    }
    const path = content.path ?? this.#pathOf(content.sha256)
    if (path === undefined) throw new Error(`no bytes are known for digest ${content.sha256}`)
    let data: Uint8Array
    try {
      data = readFileSync(path)
    } catch (error) {
      throw unreadable(path, error)
    }
    if (createHash('sha256').update(data).digest('hex') !== content.sha256) {
      throw new UserError({ message: `${path} changed while the run was using it`, hint: 'run again' })
    }
    this.#keepBig(content.sha256, data)
    return data
  }

  async #look(path: string): Promise<Content> {
    try {
      const found = await stat(path, { bigint: true })
      if (!found.isFile()) throw new UserError(`${path} is not a regular file`)
      const stamp = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ')
      const known = this.#files.get(path)
      if (known?.stamp === stamp) {
        known.checked = this.#now()
        return known.content
      }
      const content = await this.#load(path, Number(found.size))
      this.#files.set(path, { stamp, content, checked: this.#now() })
      return content
    } catch (error) {
      if (error instanceof UserError) throw error
      throw unreadable(path, error)
    }
  }

  async #load(path: string, size: number): Promise<Content> {
    if (size <= KEEP_BYTES) return { ...this.bytes(await readFile(path)), path }
    const hash = createHash('sha256')
    let read = 0
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      hash.update(chunk as Buffer)
      read += (chunk as Buffer).length
    }
    return { sha256: hash.digest('hex'), size: read, path }
  }

  #pathOf(sha256: string): string | undefined {
    for (const [path, { content }] of this.#files) if (content.sha256 === sha256) return path
    return undefined
  }

  #keepBig(sha256: string, data: Uint8Array): void {
    let total = data.length
    for (const each of this.#big.values()) total += each.length
    for (const [oldest, each] of this.#big) {
      if (total <= BIG_BYTES) break
      this.#big.delete(oldest)
      total -= each.length
    }
    this.#big.set(sha256, data)
  }
}

function unreadable(path: string, error: unknown): UserError {
  return new UserError(`cannot read ${path}: ${(error as Error).message}`)
}
