import type { Step } from '../plan/plan.ts'
import { segments } from '../plan/segments.ts'
import { brake } from './brakes.ts'
import { accepted, type Decided, refused } from './decided.ts'
import type { HostRun } from './host-run.ts'
import { leaveOut } from './leave-out.ts'
import { lessonOf, type OnceLesson, runsOnce, snapshot, teach } from './once.ts'
import { Pace } from './pace.ts'
import type { PlayRun } from './play-runner.ts'
import { Forks } from './pool.ts'
import { failureOf } from './remote-failure.ts'

/** One batch of a play, segment by segment: its hosts run ahead within one, and all meet at its end. */
export class BatchRun {
  readonly play: number
  readonly batch: number
  readonly #in: PlayRun
  readonly #runs: readonly HostRun[]
  readonly #paces: Map<HostRun, Pace>
  readonly #segments: readonly (readonly Step[])[]
  readonly #forks: Forks
  /** Segments that one host ran for all, with what it learnt once it is done. */
  readonly #once = new Map<number, { readonly runner: HostRun; readonly lesson?: OnceLesson }>()
  /** Hosts that are to begin again and have not yet. */
  readonly #retrying = new Set<HostRun>()
  /** Index of the segment under way; -1 before the first. */
  #at = -1

  constructor(input: PlayRun, batch: number, runs: readonly HostRun[]) {
    this.#in = input
    this.play = input.planned.index
    this.batch = batch
    this.#runs = runs
    this.#paces = new Map(runs.map((run) => [run, this.#pace(run)]))
    this.#segments = segments(input.planned.steps, input.planned.play, input.options.mode)
    this.#forks = new Forks(input.options.forks)
  }

  /** Resolves to false when a brake or the operator stopped the run. */
  async run(): Promise<boolean> {
    const { context, interrupts, roster } = this.#in
    context.batch = names(this.#runs)
    for (const run of this.#runs) await this.#loadVarsFiles(run)
    for (const [at, segment] of this.#segments.entries()) {
      while (this.#unsettled) await this.#settle()
      if (this.#active.length === 0 || interrupts.draining) break
      this.#at = at
      const reason = await this.#runSegment(segment)
      if (reason === undefined) continue
      roster.ended()
      return this.#stop(segment.at(-1) as Step, reason)
    }
    roster.ended()
    for (const run of this.#active) if (interrupts.draining) run.state = 'interrupted'
    return !interrupts.draining
  }

  has(run: HostRun): boolean {
    return this.#paces.has(run)
  }

  /** How many hosts are in a step. */
  get busy(): number {
    return [...this.#paces.values()].filter(({ busy }) => busy).length
  }

  /** How many hosts are in the middle of their upgrade and only watched: they go on whatever becomes of the run. */
  get watched(): number {
    const { steps } = this.#in.planned
    return [...this.#paces.values()].filter(({ busy, next }) => busy && steps[next - 1]?.plugin.attend).length
  }

  /** The host failed and waits to begin again. */
  retries(run: HostRun): boolean {
    return this.#retrying.has(run)
  }

  /** A host that was lost in this batch begins again with the step that it was lost in, and catches up with the others. */
  retry(run: HostRun, paused: boolean): Decided {
    if (this.#retrying.has(run)) return refused(`${run.name} is to begin again already`)
    const step = this.#in.planned.steps[run.lostAt ?? 0]
    const when = paused ? ' when the run goes on' : ''
    return accepted(`${run.name} begins again with ${told(step)}${when}`, () => {
      this.#retrying.add(run)
      this.#forks.add(() => this.#again(run), { first: true })
    })
  }

  /** Why a brake will stop the play once the segment under way ends, as things are. `without`: a host that is about to be left out. */
  brakeAhead(without?: HostRun): string | undefined {
    const stays = (run: HostRun) => run !== without && run.state !== 'left-out' && !this.#paces.get(run)?.leaving
    const counted = this.#runs.filter(stays)
    const lost = counted.filter((run) => run.lost && !this.#retrying.has(run))
    const reason = brake(this.#in.planned.play, { size: counted.length, lost: lost.length })
    return reason && `the brake stops this play then: ${reason}; retry ${some(names(lost))} first`
  }

  takeBackRetry(run: HostRun): void {
    this.#retrying.delete(run)
  }

  /** `later`: the host has steps in plays to come. Undefined when this batch has no step left for it, but they have. */
  leave(run: HostRun, later: boolean): Decided | undefined {
    const pace = this.#paces.get(run) as Pace
    const step = this.#in.planned.steps[pace.next]
    if (pace.leaving) return refused(`${run.name} is left out already, after the step it is in`)
    if (!step && later && !pace.busy) return undefined
    if (!step && !later) return refused(`${run.name} has no step left in this run to leave out`)
    const ahead = this.brakeAhead(run)
    const then = ahead === undefined ? '' : `; ${ahead}`
    if (!pace.busy && step) {
      return accepted(`${run.name} is left out before ${told(step)}${then}`, () =>
        leaveOut(run, { play: this.play, batch: this.batch, step: step.index }, this.#in.ports),
      )
    }
    return accepted(`${run.name} is left out after the step it is in${then}`, () => {
      pace.leaving = true
    })
  }

  /** Somebody is at work, or something waits for the operator. */
  get #unsettled(): boolean {
    return this.#forks.busy || this.#waits
  }

  /** While the run is paused: steps are left, or a failed host that the operator may let begin again before a brake counts it. */
  get #waits(): boolean {
    const undecided = this.#at < this.#segments.length - 1 || this.#runs.some((run) => run.lost)
    return this.#in.steering.paused && undecided
  }

  async #settle(): Promise<void> {
    await this.#forks.idle()
    // A batch that was done while the run was paused is over: the pause is then before the next one.
    if (!this.#waits) return
    await this.#in.steering.goOn()
    // An operator who pauses a run may work on its hosts meanwhile.
    for (const run of this.#runs) run.forget()
  }

  get #active(): HostRun[] {
    return this.#runs.filter((run) => run.state === 'active')
  }

  /** Resolves to the reason why the play must stop. */
  async #runSegment(segment: readonly Step[]): Promise<string | undefined> {
    const { planned, context } = this.#in
    const active = this.#active
    if (runsOnce(segment, context, active)) {
      const failed = await this.#runOnce(segment, active)
      if (failed !== undefined) return failed
    } else {
      this.#announce(segment, active)
      for (const run of active) this.#forks.add(() => this.#drive(run, segment))
      while (this.#unsettled) await this.#settle()
    }
    // Whoever the operator took out is neither lost nor a success: the share is that of the others.
    const counted = this.#runs.filter((run) => run.state !== 'left-out')
    return brake(planned.play, { size: counted.length, lost: counted.filter((run) => run.lost).length })
  }

  /** One host does the step for all; the next one in its place, when it was left out before it began. */
  async #runOnce(segment: readonly Step[], candidates: readonly HostRun[]): Promise<string | undefined> {
    const step = segment[0] as Step
    for (const runner of candidates) {
      if (runner.state !== 'active') continue
      if (this.#in.interrupts.draining) return undefined
      this.#announce(segment, [runner])
      this.#once.set(this.#at, { runner })
      const before = snapshot(runner)
      this.#forks.add(() => this.#drive(runner, segment))
      while (this.#unsettled) await this.#settle()
      if ((this.#paces.get(runner) as Pace).next <= step.index) continue
      const lesson = lessonOf(runner, before)
      this.#once.set(this.#at, { runner, lesson })
      for (const run of this.#active) if (run !== runner) teach(run, lesson)
      return runner.lost ? 'a step that runs once for the whole batch failed' : undefined
    }
    return undefined
  }

  #announce(segment: readonly Step[], runs: readonly HostRun[]): void {
    const { context, ports } = this.#in
    for (const { index, node } of segment) {
      const name = context.display(node.name) ?? node.task
      const where = { play: this.play, batch: this.batch, step: index }
      ports.emit({ type: 'task_started', ...where, name, task: node.task, hosts: names(runs) })
    }
  }

  /** Drives one host; an error that no step of it can carry fails it, and no other host. */
  async #drive(run: HostRun, steps: readonly Step[]): Promise<void> {
    const pace = this.#paces.get(run) as Pace
    try {
      await pace.run(steps)
    } catch (error) {
      this.#fail(run, Math.max(steps[0]?.index ?? 0, pace.next - 1), error)
    }
  }

  async #again(run: HostRun): Promise<void> {
    const { interrupts, steering, ports, runs } = this.#in
    await steering.goOn(() => !this.#retrying.has(run))
    if (!this.#retrying.delete(run) || interrupts.draining) return
    const from = run.lostAt ?? 0
    const lostLink = run.state === 'unreachable'
    run.beginAgain()
    for (const one of runs()) one.takeBack({ host: run.name, play: this.play, step: from })
    this.#paces.set(run, this.#pace(run, from))
    const message = `begins again with ${told(this.#in.planned.steps[from])}`
    const where = { play: this.play, batch: this.batch, step: from }
    ports.emit({ type: 'host_steered', host: run.name, state: 'retrying', message, ...where })
    try {
      if (lostLink) await this.#in.reopen(run)
    } catch (error) {
      this.#fail(run, from, error)
      return
    }
    await this.#loadVarsFiles(run)
    await this.#catchUp(run, from)
  }

  /** Up to the end of the segment that the others are in; what one host did for all in between is learnt, not done again. */
  async #catchUp(run: HostRun, from: number): Promise<void> {
    for (let at = 0; at <= this.#at && run.state === 'active'; at++) {
      const steps = (this.#segments[at] as readonly Step[]).filter(({ index }) => index >= from)
      const once = this.#once.get(at)
      if (steps.length === 0) continue
      if (once === undefined || once.runner === run) await this.#drive(run, steps)
      else if (once.lesson) teach(run, once.lesson)
    }
  }

  #fail(run: HostRun, step: number, error: unknown): void {
    const where = { play: this.play, batch: this.batch, step, host: run.name, ms: 0 }
    const failure = failureOf(error)
    if (failure.interrupted) run.state = 'interrupted'
    else run.lose('failed', step)
    this.#in.ports.emit({ type: 'host_result', ...where, ...failure })
  }

  /** A vars file that a host's variables name and that can't be read fails that host before its first step. */
  async #loadVarsFiles(run: HostRun): Promise<void> {
    const { planned, context } = this.#in
    if (planned.play.varsFiles.length === 0) return
    try {
      await context.loadVarsFiles(run)
    } catch (error) {
      this.#fail(run, 0, error)
    }
  }

  #pace(run: HostRun, from = 0): Pace {
    const turn = { ...this.#in, run, batch: this.batch }
    return new Pace(turn, this.#in.driverOf(turn), this.#in.steering, from)
  }

  #stop(step: Step, reason: string): false {
    const { planned, ports, runOf } = this.#in
    const later = planned.batches
      .slice(this.batch + 1)
      .flat()
      .filter((host) => runOf(host).state !== 'left-out')
    const remaining = [...names(this.#active), ...later]
    ports.emit({ type: 'brake', play: this.play, batch: this.batch, step: step.index, reason, remaining })
    return false
  }
}

function names(runs: readonly HostRun[]): string[] {
  return runs.map((run) => run.name)
}

/** A few of many. */
function some(hosts: readonly string[]): string {
  const named = hosts.slice(0, 3).join(', ')
  return hosts.length > 3 ? `${named} and ${hosts.length - 3} more` : named
}

/** How people are told of a step. */
function told(step: Step | undefined): string {
  return step ? `step ${step.number} (${step.node.task})` : 'its first step'
}
