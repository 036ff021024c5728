import type { EventBody } from '../events/types.ts'
import type { ValueMap } from '../expression/values.ts'
import type { CommandResult, Section, SectionResult } from '../remote/types.ts'
import { ApplyError, type ApplyFrame, meets, type Probe, type Resource } from '../tasks/contract.ts'
import { type Answered, ApplyGroup, type Compiled, compiled, look, type Pending, sectionsOf } from './apply-group.ts'
import { StepBoots } from './boots.ts'
import { judged } from './conditions.ts'
import { decide } from './decide.ts'
import { placeOf } from './delegation.ts'
import { type DriverInput, stepRef } from './driver-input.ts'
import { FactCache } from './fact-cache.ts'
import { Frame } from './frame.ts'
import type { HostRun } from './host-run.ts'
import { changed, failed, lastWords, unconverged } from './outcomes.ts'
import type { Prepared } from './prepare.ts'
import { answers, keep } from './probing.ts'
import { failureOf } from './remote-failure.ts'
import { hides } from './secrecy.ts'
import type { Access } from './sessions.ts'
import type { UnitOutcome } from './step-run.ts'

/** Makes the changes of one host: short ones in groups, long ones alone; journals each, and verifies it by checking again. */
export class Applier {
  readonly #in: DriverInput
  readonly #onSettled: () => void
  readonly group = new ApplyGroup()

  /** `onSettled`: a step or an item of it has ended, while others of its frame may still run. */
  constructor(input: DriverInput, onSettled: () => void) {
    this.#in = input
    this.#onSettled = onSettled
  }

  /**
   * Sends what waits, and settles its units. `wanted`: probes whose answers will be needed next, as the same user; those that
   * are not known, or won't be any more, are asked at the end of the frame.
   */
  async flush(wanted: readonly Probe<unknown>[] = []): Promise<void> {
    if (!this.group.empty && this.#held()) return
    const access = this.group.access
    let entries = this.group.take()
    let asked = wanted
    while (access && entries.length > 0) {
      entries = await this.#send(entries, access, asked)
      asked = []
    }
  }

  /** After an interrupt nothing new is sent: what was decided and waits is dropped, not done and not reported. */
  #held(): boolean {
    const { run, interrupts } = this.#in
    if (!interrupts.draining) return false
    this.group.take()
    if (run.state === 'active') run.state = 'interrupted'
    return true
  }

  /**
   * A long change: alone, with progress, verified by a fresh look. `reach` opens a host that is away when the change begins, and is back
   * when it ended.
   */
  async applyLong(entry: Pending, access: Access | undefined, reach: () => Promise<Access>): Promise<void> {
    const { run, ports, context, interrupts } = this.#in
    const { prepared, stepRun, decision } = entry
    const { unit } = prepared
    const apply = unit.step.plugin.apply
    if (!apply) throw new Error('a long change needs apply')
    if (access && !access.writable) {
      stepRun.settle(unit, failed({ status: 'refused', message: `${unit.step.plugin.name} can't act in check mode` }))
      return
    }
    if (this.#held()) return
    const place = this.#placeOf(entry)
    const hidden = hides(this.#in, unit.step, unit.variables)
    let outcome: UnitOutcome
    try {
      this.#intent(entry)
      await ports.durable()
      const result = await apply(decision.verdict.spec, {
        get remote() {
          if (!access?.writable) throw new ApplyError('the host is away: no system answers there')
          return access.writable
        },
        signal: interrupts.signal,
        files: context.files,
        report: (line) => {
          if (!hidden) this.#progress(entry, line)
        },
        boots: new StepBoots(this.#in, prepared),
      })
      place.invalidate(['*'])
      const there = await reach()
      const facts = await answers(
        there.readOnly,
        cacheOf(this.#in, prepared, there),
        Object.values(prepared.probes),
        async () => [],
        interrupts.signal,
      )
      if (decision.verdict.provides) Object.assign(run.given, decision.verdict.provides)
      const after = decide(run, prepared, facts, 'apply')
      const wrong = decision.verdict.kind === 'action' ? undefined : unconverged(after.verdict)
      if (after.verdict.provides) Object.assign(run.given, after.verdict.provides)
      outcome = wrong
        ? failed({ status: 'failed', message: wrong }, result)
        : judged(prepared, changed(decision, result))
    } catch (error) {
      place.invalidate(['*'])
      const failure = failed(failureOf(error))
      outcome = error instanceof ApplyError ? judged(prepared, failure) : failure
    }
    this.#outcome(entry, outcome)
    stepRun.settle(unit, outcome)
  }

  /**
   * One frame. Each change is settled as soon as it has answered: what was done is known, whatever becomes of the rest of the frame.
   * Returns the items of a failed loop that were not started because of their failed neighbour.
   */
  async #send(entries: Pending[], access: Access, wanted: readonly Probe<unknown>[]): Promise<Pending[]> {
    const { run, ports, context, interrupts } = this.#in
    const next = this.#unknownAfter(entries, wanted, access)
    const remote = access.writable
    let results: Awaited<ReturnType<typeof access.readOnly.probe>>
    let frame: Frame | undefined
    try {
      for (const entry of entries) this.#intent(entry)
      await ports.durable()
      const changes = compiled(entries, context.files)
      const sections = [...sectionsOf(changes, (change) => this.#listener(change, entries)), ...next.map(look)]
      const taken = new Frame(changes, (answer) => this.#settle(answer, access))
      frame = taken
      const options = { signal: interrupts.signal, onResult: (result: SectionResult) => taken.take(result) }
      // A step with `check_mode: false` in a check acts inside the read-only sandbox.
      results = await (remote ? remote.frame(sections, options) : access.readOnly.probe(sections, options))
    } catch (error) {
      for (const entry of entries) this.#placeOf(entry).invalidate(['*'])
      // Nobody knows how far the rest got: its first step carries the error, and the host's run ends with it.
      const unknown = entries.filter((entry) => !frame?.settled.has(entry))
      const outcome = failed(failureOf(error))
      for (const entry of unknown) {
        this.#outcome(entry, outcome)
        if (entry.stepRun === unknown[0]?.stepRun) entry.stepRun.settle(entry.prepared.unit, outcome)
      }
      return []
    }
    const rest = frame.end(results)
    // Answers given in the middle of the frame may have been overtaken by later changes of it.
    entries.forEach((entry, i) => {
      for (const later of entries.slice(i + 1)) {
        if (probesMeet(entry.prepared, later)) run.invalidate(later.decision.verdict.touches)
      }
    })
    keep(run.cache(access.user), next, results.slice(results.length - next.length))
    return rest
  }

  #settle({ entry, frame, applied, probes, verified }: Answered, access: Access): void {
    this.#placeOf(entry).invalidate(entry.decision.verdict.touches)
    const cache = cacheOf(this.#in, entry.prepared, access)
    keep(cache, probes, verified)
    const outcome = this.#verify(entry, frame, applied, cache)
    this.#outcome(entry, outcome)
    entry.stepRun.settle(entry.prepared.unit, outcome)
    this.#onSettled()
  }

  /** Those of the probes whose answers are not known, or won't be any more once these changes are made. */
  #unknownAfter(entries: readonly Pending[], wanted: readonly Probe<unknown>[], access: Access): Probe<unknown>[] {
    const cache = this.#in.run.cache(access.user)
    const touches = entries.flatMap((entry) => entry.decision.verdict.touches)
    const unknown = wanted.filter((probe) => !cache.get(probe) || readsAny(probe, touches))
    return [...new Map(unknown.map((probe) => [probe.id, probe])).values()]
  }

  #verify(entry: Pending, frame: ApplyFrame, applied: CommandResult, cache: FactCache): UnitOutcome {
    const { prepared, decision } = entry
    try {
      const told = frame.result?.(applied) ?? {}
      if (applied.code !== 0 || told.failed === true) {
        const message = typeof told.msg === 'string' ? told.msg : lastWords({ ...applied, ...streamsOf(told) })
        return judged(prepared, failed({ status: 'failed', message }, { ...told, changed: true }))
      }
      if (decision.verdict.kind === 'action') return judged(prepared, changed(decision, told))
      const facts = new Map<string, CommandResult>()
      for (const probe of Object.values(prepared.probes)) {
        const answer = cache.get(probe)
        if (answer) facts.set(probe.id, answer)
      }
      const wrong = unconverged(decide(this.#in.run, prepared, facts, 'apply').verdict)
      if (wrong) return failed({ status: 'failed', message: wrong }, told)
      return judged(prepared, changed(decision, told))
    } catch (error) {
      return failed(failureOf(error))
    }
  }

  #placeOf({ prepared: { unit } }: Pending): HostRun {
    return placeOf(this.#in, unit.step, unit.variables)
  }

  #intent({ prepared, decision }: Pending): void {
    const { run, ports } = this.#in
    const { unit } = prepared
    const hidden = hides(this.#in, unit.step, unit.variables)
    const event: EventBody = {
      type: 'intent',
      ...stepRef(this.#in, unit.step),
      host: run.name,
      task: unit.step.plugin.name,
      summary: hidden ? 'hidden by no_log' : decision.verdict.summary,
      touches: decision.verdict.touches,
      spec: hidden ? 'hidden by no_log' : decision.verdict.spec,
      ...(unit.item ? { item: unit.item.index } : {}),
    }
    ports.emit(event)
  }

  /** Who hears what a short change prints while it is made: nobody under `no_log`. */
  #listener({ entry, frame }: Compiled, entries: readonly Pending[]): Section['onLine'] {
    const { step, variables } = entry.prepared.unit
    if (!frame.live || hides(this.#in, step, variables)) return undefined
    const before = entries.slice(0, entries.indexOf(entry))
    return (printed) => {
      // What travels behind a step that went wrong is reported after it, and what that step is to hide is not known before.
      if (before.some(({ stepRun }) => stepRun.wentWrong)) return
      let line: string | undefined
      try {
        line = frame.live?.(printed)
      } catch {
        // The change itself is sound, whatever its plugin makes of a line.
      }
      if (line !== undefined) this.#progress(entry, line)
    }
  }

  #progress({ prepared: { unit } }: Pending, line: string): void {
    const { run, ports } = this.#in
    ports.emit({ type: 'progress', ...stepRef(this.#in, unit.step), host: run.name, line })
  }

  #outcome({ prepared }: Pending, outcome: UnitOutcome): void {
    const { run, ports } = this.#in
    const { unit } = prepared
    const ok = outcome.status === 'changed' || outcome.status === 'ok'
    const hidden = hides(this.#in, unit.step, unit.variables)
    ports.emit({
      type: 'outcome',
      ...stepRef(this.#in, unit.step),
      host: run.name,
      ok,
      ...(ok || hidden ? {} : { message: outcome.message }),
      ...(unit.item ? { item: unit.item.index } : {}),
    })
  }
}

function probesMeet(prepared: Prepared, later: Pending): boolean {
  return Object.values(prepared.probes).some((probe) => readsAny(probe, later.decision.verdict.touches))
}

function readsAny({ reads }: Probe<unknown>, touches: readonly Resource[]): boolean {
  return reads.some((read) => touches.some((touch) => meets(touch, read)))
}

/** A delegated step's answers are nobody's facts: they are not kept. */
export function cacheOf({ run }: DriverInput, prepared: Prepared, access: Access): FactCache {
  return prepared.unit.step.node.delegateTo === undefined ? run.cache(access.user) : new FactCache()
}

/** A command's streams as its task gives them on: what the task itself put into them is no word of the command. */
function streamsOf({ stdout, stderr }: ValueMap): { stdout?: string; stderr?: string } {
  return { ...(typeof stdout === 'string' ? { stdout } : {}), ...(typeof stderr === 'string' ? { stderr } : {}) }
}
