import type { ValueMap } from '../expression/values.ts'
import type { Step } from '../plan/plan.ts'
import { SECRET_VARIABLES } from '../remote/types.ts'
import { delegateOf } from './delegation.ts'
import { type HostTurn, stepRef } from './driver-input.ts'
import type { Ahead } from './prepare.ts'
import { failureOf } from './remote-failure.ts'
import { hides, textsOf } from './secrecy.ts'
import { resultEvent, type StepRun, type UnitOutcome } from './step-run.ts'

/** Steps of a host that are begun and not yet reported, oldest first: results leave in the order of the steps. */
export class ReportQueue {
  readonly #in: HostTurn
  readonly #queue: StepRun[] = []

  constructor(input: HostTurn) {
    this.#in = input
  }

  get empty(): boolean {
    return this.#queue.length === 0
  }

  push(stepRun: StepRun): void {
    this.#queue.push(stepRun)
  }

  /** Names that steps in the queue will set once they are reported. */
  ahead(): Ahead | undefined {
    const names = new Map<string, string>()
    for (const { step, lessons } of this.#queue) {
      if (step.node.register !== undefined) names.set(step.node.register, `registered by step ${step.number}`)
      for (const { vars } of lessons)
        for (const name of Object.keys(vars ?? {})) names.set(name, `set by step ${step.number}`)
    }
    const facts = this.#queue.some(({ lessons }) => lessons.some((lesson) => lesson.facts !== undefined))
    return names.size > 0 || facts ? { names, facts } : undefined
  }

  /**
   * Reports complete steps from the head. A failed one ends the host's run unless it is ignored: steps after it were
   * only decided, and are dropped; what had travelled with it and did change the host is told.
   */
  drain(): void {
    const { run } = this.#in
    for (let head = this.#queue[0]; head?.complete; head = this.#queue[0]) {
      this.#queue.shift()
      this.#finish(head)
      if (run.state === 'active') continue
      const ran = this.#queue.filter((later) => later.changedSomething && later.complete)
      this.#queue.length = 0
      for (const later of ran) this.#finish(later)
    }
  }

  /** Reports what ended well, while others are still under way: a failure waits until it is known what travelled behind it. */
  drainGood(): void {
    for (let head = this.#queue[0]; head?.complete && !head.wentWrong; head = this.#queue[0]) {
      if (this.#in.run.state !== 'active') return
      this.#queue.shift()
      this.#finish(head)
    }
  }

  #finish(stepRun: StepRun): void {
    const { run, ports, context, options } = this.#in
    const { step } = stepRun
    const { items, whole } = stepRun.results()
    for (const { vars, facts } of stepRun.lessons) {
      if (vars) {
        Object.assign(run.set, vars)
        if (Object.keys(vars).some((name) => SECRET_VARIABLES.includes(name))) context.tellSecrets(run)
      }
      if (facts) run.addFacts(facts)
    }
    let ignored = false
    let diff = options.diff
    try {
      ignored = whole.interrupted || run.held ? false : (context.keyword(run, step, 'ignoreErrors') ?? false)
      diff = context.keyword(run, step, 'diff') ?? options.diff
    } catch (error) {
      ports.emit({ type: 'warning', host: run.name, message: failureOf(error).message })
    }
    const where = { ...stepRef(this.#in, step), host: run.name, ms: stepRun.ms }
    const how = { diff, ignored }
    let hidden = items.length === 0 && hides(this.#in, step)
    for (const { unit, outcome } of items) {
      const noLog = hides(this.#in, step, unit.variables)
      hidden ||= noLog
      const delegatedTo = this.#delegate(step, unit.variables)
      ports.emit(resultEvent(outcome, where, { ...how, noLog, delegatedTo, item: unit.item }))
    }
    if (hidden) this.#keepSecret(stepRun, whole)
    const summary = items.length > 0 ? { ...whole, findings: undefined } : whole
    ports.emit(resultEvent(summary, where, { ...how, noLog: hidden, delegatedTo: this.#delegate(step) }))
    const { register } = step.node
    if (register !== undefined) {
      const unknown = whole.status === 'deferred' || stepRun.untold
      if (unknown) run.pendingNames.set(register, `known after step ${step.number} (${step.node.task})`)
      else run.remember(register, whole.result ?? {})
    }
    const bad = whole.status === 'failed' || whole.status === 'refused'
    if (whole.interrupted) run.state = 'interrupted'
    else if (whole.status === 'unreachable') run.lose('unreachable', step.index)
    else if (whole.status === 'overdue') run.lose('failed', step.index)
    else if (bad && !ignored && run.state === 'active') run.lose('failed', step.index)
  }

  /** What a hidden step said must not show up when a later one prints it. */
  #keepSecret({ step, lessons }: StepRun, { result }: UnitOutcome): void {
    const { ports } = this.#in
    const told = [...(step.node.register === undefined ? [] : [result ?? {}]), ...lessons.map(({ vars }) => vars ?? {})]
    for (const value of told) for (const text of textsOf(value)) ports.secret(text)
  }

  /** For display: a name that only an item's variables give is that item's. */
  #delegate(step: Step, item?: ValueMap): string | undefined {
    try {
      return delegateOf(this.#in, step, item)
    } catch {
      return undefined
    }
  }
}
