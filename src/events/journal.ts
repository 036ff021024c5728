import { closeSync, constants, fdatasync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { JournalBounds } from './journal-bounds.ts'
import type { RunEvent } from './types.ts'

/** The file operations a journal needs; tests put a full disk in their place. */
export interface JournalDisk {
  write(fd: number, data: Uint8Array, from: number): number
  truncate(fd: number, size: number): void
  /** Durable once it called back. */
  sync(fd: number, done: (error: Error | null) => void): void
}

const DISK: JournalDisk = {
  write: (fd, data, from) => writeSync(fd, data, from),
  truncate: ftruncateSync,
  sync: fdatasync,
}

/**
 * The append-only record of a run: one event per line in `events.ndjson` (0600).
 * Lines are written within a turn of the event loop; `durable` waits for the disk, and all that wait share one fsync.
 */
export class Journal {
  readonly path: string
  readonly #fd: number
  readonly #disk: JournalDisk
  readonly #onError: (error: UserError) => void
  readonly #bounds = new JournalBounds()
  #pending: string[] = []
  #flushSoon: NodeJS.Immediate | undefined
  /** Bytes of whole lines in the file. */
  #size = 0
  #synced = 0
  #syncing: Promise<void> | undefined
  #nextSync: Promise<void> | undefined
  #error: UserError | undefined
  #closed = false

  /** Opens the journal in a run's directory (see makeRunDir). `onError` hears of a broken disk once. Throws UserError when it can't be made. */
  constructor(dir: string, options: { onError?: (error: UserError) => void; disk?: JournalDisk } = {}) {
    this.path = join(dir, 'events.ndjson')
    this.#disk = options.disk ?? DISK
    this.#onError = options.onError ?? (() => {})
    try {
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL
      this.#fd = openSync(this.path, flags, 0o600)
      syncDirectory(dirname(this.path))
    } catch (error) {
      throw new UserError(`cannot make the journal ${this.path}: ${(error as Error).message}`)
    }
  }

  /** Set once nothing more can be recorded: no new change may start then. */
  get error(): UserError | undefined {
    return this.#error
  }

  readonly sink = (event: RunEvent): void => {
    if (this.#error || this.#closed) return
    const kept = this.#bounds.admit(event)
    if (!kept) return
    this.#pending.push(`${JSON.stringify(kept)}\n`)
    this.#flushSoon ??= setImmediate(() => this.#flush())
  }

  /**
   * Resolves when every event given so far is on the disk. Many callers share one fsync.
   * Rejects with UserError when the journal can't be written: whoever waits to make a change must not make it.
   */
  durable(): Promise<void> {
    if (this.#error) return Promise.reject(this.#error)
    if (this.#pending.length === 0 && this.#synced === this.#size) return Promise.resolve()
    this.#nextSync ??= this.#syncAfter(this.#syncing)
    return this.#nextSync
  }

  /** Writes what is left and closes, at once: also good for the last moment of a process. Never throws; look at `error`. */
  close(): void {
    if (this.#closed) return
    this.#flush()
    this.#closed = true
    try {
      fsyncSync(this.#fd)
      closeSync(this.#fd)
    } catch (error) {
      this.#fail(error)
    }
  }

  async #syncAfter(running: Promise<void> | undefined): Promise<void> {
    await running?.catch(() => {})
    // One more turn lets the hosts that come along right now share this fsync.
    await new Promise((resolve) => setImmediate(resolve))
    this.#nextSync = undefined
    this.#flush()
    if (this.#error) throw this.#error
    if (this.#closed) return
    this.#syncing = this.#sync()
    await this.#syncing
  }

  #sync(): Promise<void> {
    const size = this.#size
    return new Promise((resolve, reject) => {
      this.#disk.sync(this.#fd, (error) => {
        // A close in between has synced already.
        if (error && !this.#closed) return reject(this.#fail(error))
        this.#synced = Math.max(this.#synced, size)
        resolve()
      })
    })
  }

  #flush(): void {
    if (this.#flushSoon) clearImmediate(this.#flushSoon)
    this.#flushSoon = undefined
    if (this.#pending.length === 0 || this.#error || this.#closed) return
    const data = Buffer.from(this.#pending.join(''))
    this.#pending = []
    let written = 0
    try {
      while (written < data.length) written += this.#disk.write(this.#fd, data, written)
      this.#size += data.length
    } catch (error) {
      const whole = data.lastIndexOf(10, written - 1) + 1
      this.#fail(error)
      try {
        this.#disk.truncate(this.#fd, this.#size + (written > 0 ? whole : 0))
      } catch {
        // The torn line stays; readJournal knows how to live with it.
      }
    }
  }

  #fail(error: unknown): UserError {
    if (!this.#error) {
      this.#error = new UserError({
        message: `the journal ${this.path} cannot be written: ${(error as Error).message}`,
        hint: 'no new change is started; make room or repair the disk, then run again: finished work is recognised',
      })
      this.#onError(this.#error)
    }
    return this.#error
  }
}

/** The file's name must survive a crash too. */
function syncDirectory(dir: string): void {
  const fd = openSync(dir, constants.O_RDONLY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
