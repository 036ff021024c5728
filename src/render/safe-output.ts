import type { Output } from './output.ts'

/**
 * Standard output that survives its reader's going away (`| head`).
 * From then on nothing is written, and `onClosed` is called once: the command line treats it like a first Ctrl-C
 * (steps that run are finished, none is started), as `head` and a closed terminal mean "I have seen enough".
 */
export class SafeOutput implements Output {
  readonly #stream: NodeJS.WriteStream
  #closed = false
  #listeners: (() => void)[] = []

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    // Without a listener an EPIPE would end the process in the middle of a change.
    stream.on('error', () => this.#close())
    stream.on('close', () => this.#close())
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true
  }

  get columns(): number | undefined {
    return this.isTTY ? this.#stream.columns : undefined
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Called once, when the reader is gone; at once when it is gone already. */
  onClosed(listener: () => void): void {
    if (this.#closed) listener()
    else this.#listeners.push(listener)
  }

  write(text: string): void {
    if (this.#closed || text === '') return
    if (this.#stream.destroyed || this.#stream.writableEnded) this.#close()
    else this.#stream.write(text)
  }

  /** Resolves when all that was written has left, or can't any more: to be awaited before the process exits. */
  flush(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      this.onClosed(resolve)
      this.#stream.write('', () => resolve())
    })
  }

  /** Resolves when what was written no longer piles up in memory, or can't leave any more. */
  drained(): Promise<void> {
    if (this.#closed || !this.#stream.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => {
      this.onClosed(resolve)
      this.#stream.once('drain', resolve)
    })
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }
}
