/** Fewer samples than this tell nothing. */
const ENOUGH = 5
const KEPT = 101

export interface Quantiles {
  readonly low: number
  readonly high: number
}

/** How long a step took on the hosts that did it: the last samples only. */
export class StepTimes {
  readonly #samples: number[] = []
  #next = 0

  add(ms: number): void {
    this.#samples[this.#next % KEPT] = ms
    this.#next++
  }

  /** The quarter and the nine tenths, in milliseconds; undefined while there are too few samples. */
  quantiles(): Quantiles | undefined {
    if (this.#samples.length < ENOUGH) return undefined
    const sorted = [...this.#samples].sort((a, b) => a - b)
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] as number
    return { low: at(0.25), high: at(0.9) }
  }
}
