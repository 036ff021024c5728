import type { Answer, CommandResult, ImageIdentity } from '../remote/types.ts'
import type { HostBoots, KeptLog, LogPart, PhaseReport, UpgradeRecord } from '../tasks/contract.ts'
import { placeOf } from './delegation.ts'
import { type DriverInput, stepRef } from './driver-input.ts'
import type { HostRun } from './host-run.ts'
import type { Prepared } from './prepare.ts'
import { hides } from './secrecy.ts'

const LOOK_TIMEOUT_MS = 120_000

/** One host's boots as a step may see and follow them. */
export class StepBoots implements HostBoots {
  readonly #in: DriverInput
  readonly #prepared: Prepared
  readonly #place: HostRun

  constructor(input: DriverInput, prepared: Prepared) {
    this.#in = input
    this.#prepared = prepared
    this.#place = placeOf(input, prepared.unit.step, prepared.unit.variables)
  }

  get isController(): boolean {
    return this.#in.ports.isLocal(this.#place.name, this.#variables())
  }

  recall(): UpgradeRecord | undefined {
    return this.#in.ports.upgrades.recall(this.#place.name)
  }

  remember(record: UpgradeRecord): Promise<void> {
    return this.#in.ports.upgrades.remember(this.#place.name, record)
  }

  forget(): Promise<void> {
    return this.#in.ports.upgrades.forget(this.#place.name)
  }

  hangUp(): Promise<void> {
    return this.#in.sessions.hangUp(this.#place.name)
  }

  answer(image: ImageIdentity | null, signal: AbortSignal): Promise<Answer> {
    return this.#in.ports.answer(this.#place.name, this.#variables(), image ?? undefined, signal)
  }

  async look(scripts: readonly string[], signal: AbortSignal): Promise<CommandResult[]> {
    const { sessions } = this.#in
    const sections = scripts.map((script) => ({ script, onFailure: 'continue', timeoutMs: LOOK_TIMEOUT_MS }) as const)
    try {
      const { readOnly } = await sessions.access(this.#place.name, () => this.#variables(), this.#prepared.become)
      return await readOnly.probe(sections, { signal })
    } catch (error) {
      // A session that could not be opened, or whose host went away, must not be what the next look gets.
      await this.hangUp()
      throw error
    }
  }

  phase(report: PhaseReport): void {
    const { run, ports } = this.#in
    run.late = report.state === 'overdue'
    const { text, ...figures } = report
    const told = this.#hidden() || text === undefined ? figures : { ...figures, text }
    ports.emit({ type: 'phase', ...stepRef(this.#in, this.#prepared.unit.step), host: run.name, ...told })
  }

  async keepLog(parts: readonly LogPart[]): Promise<string | undefined> {
    const { run, ports } = this.#in
    const kept: KeptLog = this.#hidden()
      ? { missing: 'the output is hidden by no_log' }
      : await ports.keepLog(run.name, parts)
    this.#tellLog(kept)
    return 'path' in kept ? kept.path : undefined
  }

  lackLog(why: string): void {
    this.#tellLog({ missing: this.#hidden() ? 'the output is hidden by no_log' : why })
  }

  #tellLog(kept: KeptLog): void {
    const { run, ports } = this.#in
    ports.emit({ type: 'image_log', ...stepRef(this.#in, this.#prepared.unit.step), host: run.name, ...kept })
  }

  #hidden(): boolean {
    const { step, variables } = this.#prepared.unit
    return hides(this.#in, step, variables)
  }

  #variables() {
    return this.#in.context.connectionVariables(this.#place)
  }
}
