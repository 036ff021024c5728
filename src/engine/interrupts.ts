import { setMaxListeners } from 'node:events'

/** What Ctrl-C asked for. Each level tells the operator what it means for the hosts. */
export class Interrupts {
  #level: 0 | 1 | 2 | 3 = 0
  readonly #controller = new AbortController()
  readonly #listeners: ((level: 1 | 2 | 3, message: string) => void)[] = []

  constructor() {
    // Every host listens; beyond ten Node would warn of a leak, on the operator's terminal.
    setMaxListeners(0, this.#controller.signal)
  }

  get level(): number {
    return this.#level
  }

  /** Nothing new may be sent to a host. */
  get draining(): boolean {
    return this.#level >= 1
  }

  /** Aborted at the second level: running steps are cancelled on their hosts. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  onRaise(listener: (level: 1 | 2 | 3, message: string) => void): void {
    this.#listeners.push(listener)
  }

  raise(): void {
    this.#raise()
  }

  /** The first level, for something that nobody typed: `why` is told. A run that is being stopped already is not stopped harder. */
  stop(why: string): void {
    if (this.#level === 0) this.#raise(why)
  }

  #raise(why?: string): void {
    if (this.#level === 3) return
    this.#level = (this.#level + 1) as 1 | 2 | 3
    const message = MESSAGES[this.#level](why)
    for (const listener of this.#listeners) listener(this.#level, message)
    if (this.#level === 2) this.#controller.abort(new Error('cancelled by the operator'))
  }
}

const MESSAGES: Record<1 | 2 | 3, (why?: string) => string> = {
  1: (why) =>
    `Stopping${why === undefined ? '' : `, as ${why}`}: nothing new is sent to a host, steps that were sent finish. Hosts are left between two steps; the same command continues them. Press Ctrl-C again to cancel the running steps.`,
  2: () =>
    'Cancelling: running steps are stopped on their hosts. A step cut short is found and done again by the same command. A host in the middle of its upgrade goes on by itself and is not watched any more. Press Ctrl-C again to leave at once.',
  3: () =>
    'Leaving at once: work that was started detached goes on, on its hosts, until it ends; the same command adopts it or stops it.',
}
