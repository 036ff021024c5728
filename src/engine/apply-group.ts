import type { Section, SectionResult } from '../remote/types.ts'
import type { ApplyFrame, ControllerFiles, Probe } from '../tasks/contract.ts'
import type { Decision } from './decide.ts'
import type { Effect } from './foresight.ts'
import type { Prepared } from './prepare.ts'
import type { Access } from './sessions.ts'
import type { StepRun } from './step-run.ts'

/** A change that is decided and waits for its frame. */
export interface Pending {
  readonly stepRun: StepRun
  readonly prepared: Prepared
  readonly decision: Decision & { verdict: { kind: 'change' | 'action' } }
}

/** Short changes of one host and user that travel in one round trip, each followed by the probes that verify it. */
export class ApplyGroup {
  readonly #entries: Pending[] = []
  #access: Access | undefined

  get empty(): boolean {
    return this.#entries.length === 0
  }

  get access(): Access | undefined {
    return this.#access
  }

  /** What the waiting changes will do. */
  get effects(): readonly Effect[] {
    return this.#entries.map((entry) => entry.decision.verdict)
  }

  /** The group can take a change that is made as the same user. */
  accepts(access: Access): boolean {
    return this.#access === undefined || this.#access.writable === access.writable
  }

  add(entry: Pending, access: Access): void {
    this.#entries.push(entry)
    this.#access = access
  }

  /** Empties the group. */
  take(): Pending[] {
    this.#access = undefined
    return this.#entries.splice(0)
  }
}

/** A change as it is sent. */
export interface Compiled {
  readonly entry: Pending
  readonly frame: ApplyFrame
}

/** Throws UserError for a file of the controller that can't be read any more. */
export function compiled(entries: readonly Pending[], files: ControllerFiles): Compiled[] {
  return entries.map((entry) => {
    const { plugin } = entry.prepared.unit.step
    if (!plugin.compile) throw new Error(`task ${plugin.name} can't be compiled`)
    return { entry, frame: plugin.compile(entry.decision.verdict.spec, files) }
  })
}

/**
 * One frame's sections: each change, which stops the rest when it fails, then its own probes. `listening`: who hears what a change prints
 * while it is made.
 */
export function sectionsOf(
  changes: readonly Compiled[],
  listening: (change: Compiled) => Section['onLine'],
): Section[] {
  return changes.flatMap((change) => {
    const { script, payload, timeoutMs } = change.frame
    return [
      { script, payload, timeoutMs, onFailure: 'stop', onLine: listening(change) } as const,
      ...verifying(change.entry).map(look),
    ]
  })
}

/** A probe as it travels. */
export function look({ script }: Probe<unknown>): Section {
  return { script, onFailure: 'continue' }
}

/** A change whose sections have all answered. */
export interface Answered extends Compiled {
  readonly applied: SectionResult
  readonly probes: readonly Probe<unknown>[]
  readonly verified: readonly SectionResult[]
}

/** Puts a frame's results, as they come, back beside the changes they belong to. */
export class Answers {
  readonly #waiting: Compiled[]
  #results: SectionResult[] = []

  constructor(changes: readonly Compiled[]) {
    this.#waiting = [...changes]
  }

  /** The change that is complete with this result. */
  take(result: SectionResult): Answered | undefined {
    const [change] = this.#waiting
    if (!change) return undefined
    this.#results.push(result)
    const probes = verifying(change.entry)
    const [applied, ...verified] = this.#results
    if (!applied || verified.length < probes.length) return undefined
    this.#waiting.shift()
    this.#results = []
    return { ...change, applied, probes, verified }
  }
}

/** An action has no postcondition to look for. */
function verifying({ prepared, decision }: Pending): readonly Probe<unknown>[] {
  return decision.verdict.kind === 'action' ? [] : Object.values(prepared.probes)
}
