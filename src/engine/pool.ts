import PQueue from 'p-queue'

/** Runs `work` for each item, at most `forks` at a time, and waits for all. `work` must not throw. */
export async function forEachFork<T>(
  items: readonly T[],
  forks: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency: forks })
  await queue.addAll(items.map((item) => () => work(item)))
}

/** Work on hosts, at most so many at a time, to which more may be added while it goes on. */
export class Forks {
  readonly #queue: PQueue
  #error: { readonly cause: unknown } | undefined

  constructor(forks: number) {
    this.#queue = new PQueue({ concurrency: forks })
  }

  /** Something runs, or waits for its turn. */
  get busy(): boolean {
    return this.#queue.size + this.#queue.pending > 0
  }

  /** `first`: before all that wait for their turn. */
  add(work: () => Promise<void>, { first = false } = {}): void {
    this.#queue.add(work, { priority: first ? 1 : 0 }).catch((cause: unknown) => {
      this.#error ??= { cause }
    })
  }

  /** Resolves when nothing runs or waits any more; rejects with the first error of any work. */
  async idle(): Promise<void> {
    await this.#queue.onIdle()
    if (this.#error) throw this.#error.cause
  }
}
