export interface Sleeper {
  /** Simulated milliseconds. */
  readonly at: number
  /** Who came first, where two wake at the same time. */
  readonly order: number
  wake(): void
}

/** Sleepers by the time at which they wake: a binary heap, as a fleet has thousands of them. */
export class SleeperHeap {
  readonly #heap: Sleeper[] = []
  #order = 0

  get first(): Sleeper | undefined {
    return this.#heap[0]
  }

  add(at: number, wake: () => void): Sleeper {
    const sleeper = { at, order: this.#order++, wake }
    this.#heap.push(sleeper)
    this.#rise(this.#heap.length - 1)
    return sleeper
  }

  remove(sleeper: Sleeper): void {
    const index = this.#heap.indexOf(sleeper)
    if (index < 0) return
    const last = this.#heap.pop() as Sleeper
    if (last === sleeper) return
    this.#heap[index] = last
    this.#rise(index)
    this.#sink(index)
  }

  #rise(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#swap(index, parent)) return
      index = parent
    }
  }

  #sink(from: number): void {
    let index = from
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      const child = right < this.#heap.length && before(this.#at(right), this.#at(left)) ? right : left
      if (child >= this.#heap.length || !this.#swap(child, index)) return
      index = child
    }
  }

  /** Exchanges the two when the first must wake before the second. */
  #swap(one: number, other: number): boolean {
    const [a, b] = [this.#at(one), this.#at(other)]
    if (!before(a, b)) return false
    this.#heap[one] = b
    this.#heap[other] = a
    return true
  }

  #at(index: number): Sleeper {
    return this.#heap[index] as Sleeper
  }
}

function before(a: Sleeper, b: Sleeper): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at
}
