import type { PhaseReport } from '../../tasks/contract.ts'
import { type HostTurn, stepRef } from '../driver-input.ts'
import type { Unit } from '../prepare.ts'
import { hides } from '../secrecy.ts'
import type { ScaledClock } from './clock.ts'
import { type Fate, PATIENCE_S } from './fate.ts'
import { atPhase, type Moment, phasesOf } from './phases.ts'
import type { TaskProfile } from './profile.ts'

/** How often an overdue host is told of until it is given up. */
const OVERDUE_REPORTS = 4

/** What a simulated host lets be seen of one step, in the time that was drawn for it. */
export class Performance {
  readonly #in: HostTurn
  readonly #clock: ScaledClock
  readonly #unit: Unit
  readonly #hidden: boolean

  constructor(turn: HostTurn, clock: ScaledClock, unit: Unit) {
    this.#in = turn
    this.#clock = clock
    this.#unit = unit
    this.#hidden = hides(turn, unit.step, unit.variables)
  }

  /** Nothing is heard while a host is looked at. */
  look({ looking }: Fate): Promise<void> {
    return this.#sleep(looking)
  }

  /** From the intent to the outcome. Rejects when the operator cancels. */
  async act(fate: Fate, profile: TaskProfile): Promise<void> {
    const { run, ports } = this.#in
    const item = this.#unit.item ? { item: this.#unit.item.index } : {}
    ports.emit({
      type: 'intent',
      ...this.#where,
      task: this.#unit.step.plugin.name,
      summary: this.#hidden ? 'hidden by no_log' : 'simulated: nothing is sent',
      touches: [],
      spec: {},
      ...item,
    })
    let ok = false
    let message = `${run.name}: cancelled by the operator`
    try {
      await (profile.phases ? this.#phases(fate, profile) : this.#lines(fate, profile))
      ok = fate.end === 'changed'
      message = fate.words?.message ?? fate.end
    } finally {
      const why = ok || this.#hidden ? {} : { message }
      ports.emit({ type: 'outcome', ...this.#where, ok, ...why, ...item })
    }
  }

  async #lines({ seconds, looking, reach }: Fate, { lines }: TaskProfile): Promise<void> {
    const { ports } = this.#in
    const whole = (seconds - looking) / reach
    let spent = 0
    for (const [i, line] of lines.entries()) {
      const at = (whole * i) / lines.length
      if (at > seconds - looking) break
      await this.#sleep(at - spent)
      spent = at
      if (!this.#hidden) ports.emit({ type: 'progress', ...this.#where, line })
    }
    await this.#sleep(seconds - looking - spent)
  }

  async #phases({ end, seconds, looking, reach }: Fate, profile: TaskProfile): Promise<void> {
    const patience = end === 'overdue' ? PATIENCE_S : 0
    const acting = seconds - looking - patience
    let spent = 0
    let last: Moment | undefined
    for (const moment of phasesOf(profile, acting / reach)) {
      if (moment.at > acting) break
      await this.#sleep(moment.at - spent)
      spent = moment.at
      last = moment
      this.#tell(moment.report)
    }
    await this.#sleep(acting - spent)
    if (end !== 'overdue' || !last) return
    for (let i = 0; i < OVERDUE_REPORTS; i++) {
      this.#tell(atPhase(last, 'overdue', acting - last.began + (patience * i) / OVERDUE_REPORTS))
      await this.#sleep(patience / OVERDUE_REPORTS)
    }
  }

  #tell({ text, ...figures }: PhaseReport): void {
    const told = this.#hidden || text === undefined ? figures : { ...figures, text }
    const { run, ports } = this.#in
    run.late = figures.state === 'overdue'
    ports.emit({ type: 'phase', ...this.#where, ...told })
  }

  get #where() {
    return { ...stepRef(this.#in, this.#unit.step), host: this.#in.run.name }
  }

  #sleep(seconds: number): Promise<void> {
    return this.#clock.sleep(seconds * 1000, this.#in.interrupts.signal)
  }
}
