import type { Mode } from '../events/types.ts'
import { PendingValue, type Value } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import type { CommandResult } from '../remote/types.ts'
import { meets, type Probe, type Resource, type Verdict } from '../tasks/contract.ts'
import { AbsentHost } from './absent-host.ts'
import { admit } from './admission.ts'
import { Applier, cacheOf } from './applier.ts'
import type { Pending } from './apply-group.ts'
import { judged } from './conditions.ts'
import { type Decision, decide } from './decide.ts'
import { placeOf } from './delegation.ts'
import type { DriverInput } from './driver-input.ts'
import { foreseenOf } from './forecast.ts'
import { foreseen } from './foresight.ts'
import { Holding } from './holding.ts'
import type { HostRun } from './host-run.ts'
import { type Position, probesAhead } from './lookahead.ts'
import { deferred, failed, settled, skipped } from './outcomes.ts'
import { type Prepared, prepare, type Unit, unitsOf } from './prepare.ts'
import { answers } from './probing.ts'
import { failureOf } from './remote-failure.ts'
import { ReportQueue } from './report-queue.ts'
import { textsOf } from './secrecy.ts'
import type { Access } from './sessions.ts'
import { StepRun, type UnitOutcome } from './step-run.ts'

/**
 * Drives one host through the steps of a play. Decides step by step; short changes gather in a group that is sent when
 * the next decision needs its effects, or at the end of the segment.
 */
export class HostDriver {
  readonly #in: DriverInput
  readonly #applier: Applier
  readonly #reports: ReportQueue
  readonly #absent: AbsentHost
  readonly #holding: Holding

  constructor(input: DriverInput) {
    this.#in = input
    this.#reports = new ReportQueue(input)
    this.#applier = new Applier(input, () => this.#reports.drainGood())
    this.#absent = new AbsentHost(input, this.#applier)
    this.#holding = new Holding(input)
  }

  /** Sends what is gathered, and reports it. */
  async flush(): Promise<void> {
    await this.#flush()
  }

  async #flush(wanted: readonly Probe<unknown>[] = []): Promise<void> {
    await this.#applier.flush(wanted)
    this.#reports.drain()
  }

  /** What a unit that waits for the group, and those after it, want to know: it travels at the end of the group's frame. */
  async #wantedBy(prepared: Prepared, position: Position, access: Access | undefined): Promise<Probe<unknown>[]> {
    const { context, run } = this.#in
    const elsewhere = position.step.node.delegateTo !== undefined
    if (!access || elsewhere || this.#applier.group.access?.user !== access.user) return []
    return [...Object.values(prepared.probes), ...(await probesAhead(context, run, position, prepared.become))]
  }

  async runStep(step: Step): Promise<void> {
    const { run, context } = this.#in
    const stepRun = new StepRun(step)
    if (run.away !== undefined && (await this.#absent.run(stepRun))) {
      this.#reports.push(stepRun)
      this.#reports.drain()
      return
    }
    let units: Unit[] = []
    try {
      units = await this.#knowing(() => unitsOf(context, run, step, this.#reports.ahead()))
      if (run.state !== 'active') return
      stepRun.begin(units)
    } catch (error) {
      if (run.state !== 'active') return
      const outcome = this.#wrong(error)
      if (outcome.status === 'deferred') this.#holding.foresee({ step, variables: {} }, { kind: 'unknown' })
      stepRun.settleWhole(outcome)
    }
    this.#reports.push(stepRun)
    if (units.length === 0 && !stepRun.complete) stepRun.settleWhole(skipped('the loop is empty'))
    for (const [index, unit] of units.entries()) {
      await this.#runUnit(stepRun, unit, units.slice(index + 1))
      if (run.state !== 'active') return
    }
    // What follows must see how this ended before it is decided.
    const ignores = step.node.ignoreErrors ?? context.planned.play.ignoreErrors
    if (stepRun.wentWrong || step.node.failedWhen.length > 0 || ignores !== undefined) await this.#flush()
    else this.#reports.drain()
  }

  /** Settles the unit, or puts it into the group. `rest`: the items after it. */
  async #runUnit(stepRun: StepRun, unit: Unit, rest: readonly Unit[]): Promise<void> {
    const { run, context } = this.#in
    const { step } = unit
    let prepared: Prepared | undefined
    try {
      const ready = await this.#knowing(() => prepare(context, run, unit, this.#reports.ahead()))
      if (run.state !== 'active') return
      if ('skip' in ready) {
        stepRun.settle(unit, this.#holding.skipped(unit, ready.skip))
        return
      }
      prepared = ready
      this.#tellSecrets(prepared)
      const mode = this.#modeOf(unit)
      const access = await this.#access(prepared)
      if (access) await admit(this.#in, prepared, access, this.#place(unit))
      const position = { step, rest, begun: this.#reports.ahead() }
      const made = mode === 'apply' ? foreseen(Object.values(prepared.probes), this.#applier.group.effects) : undefined
      if (!made && this.#touchedByGroup(prepared)) await this.#flush(await this.#wantedBy(prepared, position, access))
      if (run.state !== 'active') return
      const pending = this.#place(unit).pendingChanges.findLast(
        (change) => prepared && this.#touched(prepared, change.touches),
      )
      if (pending) {
        this.#defer(stepRun, unit, `known after ${pending.label}`, step.plugin.mayTouch?.(prepared.args))
        return
      }
      const facts = access ? await this.#answers(prepared, position, access) : new Map<string, CommandResult>()
      await this.#act(stepRun, prepared, decide(run, prepared, facts, mode, made), access, mode)
    } catch (error) {
      if (run.state !== 'active') return
      const outcome = this.#wrong(error)
      if (outcome.status === 'deferred') {
        this.#defer(stepRun, unit, outcome.message ?? '', prepared && step.plugin.mayTouch?.(prepared.args))
      } else stepRun.settle(unit, outcome)
    }
  }

  /** Check mode can't decide the unit; whatever it would touch can't be told either. */
  #defer(stepRun: StepRun, unit: Unit, reason: string, touches: readonly Resource[] = ['*']): void {
    this.#holding.foresee(unit, { kind: 'unknown' })
    stepRun.settle(unit, deferred(reason))
    this.#pend(unit, touches)
  }

  async #act(
    stepRun: StepRun,
    prepared: Prepared,
    decision: Decision,
    access: Access | undefined,
    mode: Mode,
  ): Promise<void> {
    const { run } = this.#in
    const { unit } = prepared
    const { verdict, findings } = decision
    this.#holding.foresee(unit, foreseenOf(verdict))
    if (verdict.kind === 'ok' || verdict.kind === 'refuse' || mode === 'check') {
      if (verdict.kind === 'change' && this.#in.options.mode === 'check') {
        this.#pend(unit, verdict.touches)
      }
      if (verdict.kind !== 'refuse') Object.assign(run.given, verdict.provides)
      stepRun.settle(unit, judged(prepared, settled(decision)))
      if (verdict.kind === 'ok') stepRun.learn({ vars: verdict.vars, facts: verdict.facts })
      return
    }
    if (!access) throw new Error(`task ${unit.step.plugin.name} changes something without probing anything`)
    if (await this.#held(stepRun, unit, verdict)) return
    const entry: Pending = { stepRun, prepared, decision: { verdict, findings } }
    if (unit.step.plugin.apply) {
      await this.#flush()
      if (run.state === 'active') await this.#applier.applyLong(entry, access, async () => access)
      return
    }
    if (!this.#applier.group.accepts(access)) await this.#flush()
    if (run.state !== 'active') return
    Object.assign(run.given, verdict.provides)
    this.#applier.group.add(entry, access)
  }

  /** Settles a change that nobody confirmed as refused, after those before it were made. */
  async #held(
    stepRun: StepRun,
    unit: Unit,
    verdict: Verdict<unknown> & { kind: 'change' | 'action' },
  ): Promise<boolean> {
    const { run } = this.#in
    const held = this.#holding.against(unit, verdict)
    if (!held) return false
    await this.#flush()
    if (run.state !== 'active') return true
    run.held = held
    stepRun.settle(unit, failed(held))
    return true
  }

  /** Runs `attempt`; when it needs what the group will bring, sends the group and tries again. */
  async #knowing<T>(attempt: () => T | Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PendingValue) || this.#reports.empty) throw error
      await this.#flush()
      return await attempt()
    }
  }

  /** Before anything of them can reach an event. */
  #tellSecrets({ unit, args }: Prepared): void {
    for (const name of unit.step.plugin.secretArgs ?? []) {
      const value = (args as Readonly<Record<string, Value | undefined>>)[name]
      for (const text of textsOf(value ?? null)) this.#in.ports.secret(text)
    }
  }

  #modeOf(unit: Unit): Mode {
    const { run, context, options } = this.#in
    const own = context.keyword(run, unit.step, 'checkMode', unit.variables)
    if (own === undefined) return options.mode
    return own ? 'check' : 'apply'
  }

  #touchedByGroup(prepared: Prepared): boolean {
    return this.#applier.group.effects.some(({ touches }) => this.#touched(prepared, touches))
  }

  #touched(prepared: Prepared, touches: readonly Resource[]): boolean {
    const reads = Object.values(prepared.probes).flatMap((probe) => probe.reads)
    return touches.some((touch) => reads.some((read) => meets(touch, read)))
  }

  /** In check mode a value that is not known stays so until the changes are made. */
  #wrong(error: unknown): UnitOutcome {
    if (!(error instanceof PendingValue)) return failed(failureOf(error))
    if (this.#in.options.mode === 'check') return deferred(error.reason)
    return failed({ status: 'failed', message: error.message })
  }

  #place({ step, variables }: Unit): HostRun {
    return placeOf(this.#in, step, variables)
  }

  /** Check mode leaves a change of the place it would be made at to be known later; where even that can't be told, of its own host. */
  #pend(unit: Unit, touches: readonly Resource[]): void {
    const { run, context } = this.#in
    let place = run
    try {
      place = this.#place(unit)
    } catch {
      // The host that it is delegated to is not known yet.
    }
    const by = { host: run.name, play: context.planned.index, step: unit.step.index }
    place.pendingChanges.push({ by, label: labelOf(unit.step), touches })
  }

  /** Undefined for a step of the controller alone. */
  async #access(prepared: Prepared): Promise<Access | undefined> {
    const { context, sessions } = this.#in
    const { plugin } = prepared.unit.step
    if (Object.keys(prepared.probes).length === 0 && !plugin.compile && !plugin.apply) return undefined
    const where = this.#place(prepared.unit)
    return sessions.access(where.name, () => context.connectionVariables(where), prepared.become)
  }

  async #answers(prepared: Prepared, position: Position, access: Access): Promise<Map<string, CommandResult>> {
    const needed = Object.values(prepared.probes)
    if (needed.length === 0) return new Map()
    const { context, run, interrupts } = this.#in
    const { step } = prepared.unit
    const more = async () =>
      step.node.delegateTo === undefined ? probesAhead(context, run, position, prepared.become) : []
    return answers(access.readOnly, cacheOf(this.#in, prepared, access), needed, more, interrupts.signal)
  }
}

/** How people are told of a step. */
function labelOf({ number, node }: Step): string {
  return `step ${number} (${node.task})`
}
