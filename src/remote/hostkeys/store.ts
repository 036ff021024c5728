import { readFile } from 'node:fs/promises'
import { appendKnownHosts } from './append.ts'
import { type KnownHost, parseKnownHosts } from './entry.ts'
import { KnownHostIndex } from './index.ts'

/** The known_hosts files of a run: each is read and parsed once, whatever the number of hosts. */
export class KnownHostStore {
  readonly #files = new Map<string, Promise<readonly KnownHost[]>>()
  readonly #indexes = new Map<string, Promise<KnownHostIndex>>()
  readonly #appending = new Map<string, Promise<void>>()
  readonly #waiting = new Map<string, string[]>()

  /** Index over these files, in order. A file that does not exist is empty; one that can't be read rejects with its path and reason. */
  index(files: readonly string[]): Promise<KnownHostIndex> {
    const key = files.join('\0')
    let index = this.#indexes.get(key)
    if (!index) {
      index = Promise.all(files.map((file) => this.#load(file))).then((lists) => new KnownHostIndex(lists.flat()))
      this.#indexes.set(key, index)
    }
    return index
  }

  /** Adds a line to the file for good; hosts that come at the same time share one write. */
  async accept(file: string, line: string): Promise<void> {
    const waiting = this.#waiting.get(file)
    if (waiting) waiting.push(line)
    else this.#waiting.set(file, [line])
    const before = this.#appending.get(file) ?? Promise.resolve()
    const mine = before
      .catch(() => {}) // its own hosts heard of it; these lines get their own try
      .then(async () => {
        const lines = this.#waiting.get(file)
        if (!lines) return
        this.#waiting.delete(file)
        await appendKnownHosts(file, lines)
      })
    this.#appending.set(file, mine)
    await mine
  }

  #load(file: string): Promise<readonly KnownHost[]> {
    let entries = this.#files.get(file)
    if (!entries) {
      entries = readFile(file, 'utf8').then(
        (text) => parseKnownHosts(text, file),
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return []
          throw new Error(`${file} can't be read (${error.code ?? error.message})`)
        },
      )
      this.#files.set(file, entries)
    }
    return entries
  }
}
