import type { Step } from '../plan/plan.ts'
import type { HostTurn } from './driver-input.ts'
import type { Driver } from './driving.ts'
import { leaveOut } from './leave-out.ts'
import type { Steering } from './steering.ts'

/** Takes one host through its steps, as far as the operator lets it: whoever drives the host, it is asked before each of them. */
export class Pace {
  readonly #turn: HostTurn
  readonly #driver: Driver
  readonly #steering: Steering
  /** A step is under way, or what was gathered is being sent. */
  busy = false
  /** Index of the step that the host begins next, if it does. */
  next: number
  /** The operator wants the host out: it leaves before it begins another step. */
  leaving = false

  /** `from`: index of the step that the host begins with. */
  constructor(turn: HostTurn, driver: Driver, steering: Steering, from: number) {
    this.#turn = turn
    this.#driver = driver
    this.#steering = steering
    this.next = from
  }

  /** Throws what the driver throws. */
  async run(steps: readonly Step[]): Promise<void> {
    const { run } = this.#turn
    try {
      for (const step of steps) {
        this.next = step.index
        while (this.#held) await this.#hold()
        if (run.state !== 'active') return
        this.busy = true
        this.next = step.index + 1
        await this.#driver.runStep(step)
        run.late = false
      }
      if (run.state === 'active') await this.#driver.flush()
      if (this.leaving) this.#leave()
    } finally {
      this.busy = false
    }
  }

  /** Something keeps the host from its next step: the operator, by any of the ways there are. */
  get #held(): boolean {
    const { run, interrupts } = this.#turn
    return run.state === 'active' && (interrupts.draining || this.leaving || this.#steering.paused)
  }

  /** Between two steps. What is gathered is sent before the host waits or leaves. */
  async #hold(): Promise<void> {
    const { run, interrupts } = this.#turn
    await this.#driver.flush()
    if (run.state !== 'active') return
    if (interrupts.draining) run.state = 'interrupted'
    else if (this.leaving) this.#leave()
    else await this.#wait()
  }

  async #wait(): Promise<void> {
    const { run } = this.#turn
    this.busy = false
    await this.#steering.goOn(() => run.state !== 'active')
    // An operator who pauses a run may work on its hosts meanwhile.
    run.forget()
  }

  #leave(): void {
    const { run, context, batch, ports } = this.#turn
    const { index, steps } = context.planned
    if (run.state !== 'active') return
    leaveOut(run, { play: index, batch, step: Math.min(this.next, steps.length - 1) }, ports)
  }
}
