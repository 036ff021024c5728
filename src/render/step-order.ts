import type { HostResult } from '../events/types.ts'

export interface StepOrderOutput {
  /** A step comes to the front; `again`: it had been passed, and something late arrived. */
  announce(step: number, again: boolean): void
  show(result: HostResult): void
}

interface OpenStep {
  /** Hosts that have not reported yet. */
  readonly waiting: Set<string>
  readonly held: HostResult[]
  announced: boolean
}

/**
 * Puts the results of one batch into the order of its steps. Hosts run ahead of each other; what is ahead of the step in front is held
 * back until every host has reported that step, failed before it, or gone past it. Nothing is ever dropped: `finish` shows what is held.
 */
export class StepOrder {
  readonly #out: StepOrderOutput
  readonly #steps = new Map<number, OpenStep>()
  readonly #gone = new Set<string>()
  #front: number | undefined

  constructor(out: StepOrderOutput) {
    this.#out = out
  }

  /** The step in front. */
  get front(): number | undefined {
    return this.#front
  }

  /** Hosts that the step in front waits for. */
  get waiting(): readonly string[] {
    return [...(this.#steps.get(this.#front ?? -1)?.waiting ?? [])]
  }

  started(step: number, hosts: readonly string[]): void {
    const open = this.#open(step)
    for (const host of hosts) if (!this.#gone.has(host)) open.waiting.add(host)
    this.#advance()
  }

  result(result: HostResult): void {
    const open = this.#open(result.step)
    if (this.#front === undefined) this.#advance()
    if (this.#front !== undefined && result.step > this.#front) open.held.push(result)
    else this.#show(result.step, result)
    if (!result.item) this.#done(result)
    this.#advance()
  }

  /** The host begins no other step: nobody waits for it. */
  without(host: string): void {
    this.#leave(host)
    this.#advance()
  }

  /** A host that had failed begins again with this step. */
  again(host: string, from: number): void {
    this.#gone.delete(host)
    for (const [step, open] of this.#steps) {
      if (step >= Math.max(from, this.#front ?? from)) open.waiting.add(host)
    }
  }

  /** The batch is over, or the run is: shows everything that was held back. */
  finish(): void {
    for (const [step, { held }] of [...this.#steps].sort(([a], [b]) => a - b)) {
      for (const result of held.splice(0)) this.#show(step, result)
    }
  }

  #done(result: HostResult): void {
    const { host, status, ignored } = result
    // Results of a host leave in the order of its steps: a later one means that it won't report the earlier ones.
    for (const [step, open] of this.#steps) if (step <= result.step) open.waiting.delete(host)
    const failed = (status === 'failed' || status === 'refused') && !ignored
    if (!failed && status !== 'unreachable' && status !== 'overdue') return
    this.#leave(host)
  }

  #leave(host: string): void {
    this.#gone.add(host)
    for (const open of this.#steps.values()) open.waiting.delete(host)
  }

  #advance(): void {
    for (;;) {
      const front = this.#front === undefined ? undefined : this.#steps.get(this.#front)
      if (front && front.waiting.size > 0) return
      const next = this.#next()
      if (next === undefined) return
      this.#front = next
      const open = this.#steps.get(next) as OpenStep
      if (open.waiting.size > 0 || open.held.length > 0) this.#announce(next, open)
      for (const result of open.held.splice(0)) this.#out.show(result)
    }
  }

  #next(): number | undefined {
    let next: number | undefined
    for (const step of this.#steps.keys()) {
      if ((this.#front === undefined || step > this.#front) && (next === undefined || step < next)) next = step
    }
    return next
  }

  #show(step: number, result: HostResult): void {
    const open = this.#open(step)
    if (step !== this.#lastAnnounced || !open.announced) this.#announce(step, open)
    this.#out.show(result)
  }

  #lastAnnounced: number | undefined

  #announce(step: number, open: OpenStep): void {
    this.#out.announce(step, open.announced)
    open.announced = true
    this.#lastAnnounced = step
  }

  #open(step: number): OpenStep {
    let open = this.#steps.get(step)
    if (!open) {
      open = { waiting: new Set(), held: [], announced: false }
      this.#steps.set(step, open)
    }
    return open
  }
}
