import type { Mode } from '../events/types.ts'
import type { Step } from '../plan/plan.ts'
import type { Task } from '../tasks/contract.ts'
import { admit } from './admission.ts'
import type { Applier } from './applier.ts'
import { awayHost } from './attendance.ts'
import { judged } from './conditions.ts'
import type { DriverInput } from './driver-input.ts'
import type { Away } from './host-run.ts'
import { failed, settled, skipped } from './outcomes.ts'
import { prepare, unitsOf } from './prepare.ts'
import { failureOf } from './remote-failure.ts'
import type { Access } from './sessions.ts'
import type { StepRun } from './step-run.ts'

/** Steps on a host that an earlier run left in the middle of its upgrade: skipped up to the one that goes on watching. */
export class AbsentHost {
  readonly #in: DriverInput
  readonly #applier: Applier

  constructor(input: DriverInput, applier: Applier) {
    this.#in = input
    this.#applier = applier
  }

  /** Settles the step and resolves to true, or to false when the host is where it belongs and the step can be run as ever. */
  async run(stepRun: StepRun): Promise<boolean> {
    try {
      const away = await awayHost(this.#in, stepRun.step)
      if (!away) return false
      const { attend } = stepRun.step.plugin
      this.#foresee(stepRun.step)
      if (attend) await this.#attend(stepRun, away, attend)
      else stepRun.settleWhole(skipped(`the upgrade is running on this host: ${away.sight.text}`))
    } catch (error) {
      stepRun.settleWhole(failed(failureOf(error)))
    }
    return true
  }

  /** What a system will be asked once it answers again can't be told; up to then nothing but watching is foreseen. */
  #foresee({ index }: Step): void {
    const { run, context, options } = this.#in
    if (options.mode !== 'check') return
    const before = context.planned.steps.slice(index).some(({ plugin }) => plugin.attend)
    const place = { host: run.name, play: context.planned.index, step: index }
    options.forecast?.note(place, { kind: before ? 'away' : 'unknown' })
  }

  async #attend(stepRun: StepRun, { record, sight }: Away, attend: NonNullable<Task['attend']>): Promise<void> {
    const { run, context, options } = this.#in
    const [unit] = unitsOf(context, run, stepRun.step)
    const ready = unit && (await prepare(context, run, unit))
    if (!ready || 'skip' in ready) {
      stepRun.settleWhole(skipped(ready?.skip ?? 'the loop is empty'))
      return
    }
    stepRun.begin([ready.unit])
    const mode: Mode = context.keyword(run, stepRun.step, 'checkMode') ? 'check' : options.mode
    const verdict = attend({ args: ready.args, record, sight, host: run.name, mode })
    const decision = { verdict, findings: verdict.findings }
    if (mode === 'check' || verdict.kind === 'ok' || verdict.kind === 'refuse') {
      stepRun.settle(ready.unit, judged(ready, settled(decision)))
      return
    }
    const reach = async (): Promise<Access> => {
      run.away = undefined
      const access = await this.#in.sessions.access(run.name, () => context.connectionVariables(run), ready.become)
      await admit(this.#in, ready, access, run)
      return access
    }
    await this.#applier.applyLong({ stepRun, prepared: ready, decision: { ...decision, verdict } }, undefined, reach)
  }
}
