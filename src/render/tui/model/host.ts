import type { Counts, HostResult, Status } from '../../../events/types.ts'
import type { Diff, PhaseReport } from '../../../tasks/contract.ts'
import type { FailureGroup } from './failures.ts'
import type { LineLog } from './line-log.ts'
import type { Sent } from './sent.ts'
import type { Shared } from './shared.ts'

/**
 * overdue: given up. late: in a step, watched for longer than expected. waiting: has not begun. running: in a step. between: waits for the others of its batch. stopped: the run ended, or a brake stopped it,
 * before its steps did. not-begun: so it was before the host's first one. left-out: the operator took it out. done: all its steps are done.
 */
export type HostStanding =
  | 'failed'
  | 'refused'
  | 'unreachable'
  | 'overdue'
  | 'late'
  | 'running'
  | 'between'
  | 'waiting'
  | 'stopped'
  | 'not-begun'
  | 'left-out'
  | 'done'

export type Findings = NonNullable<HostResult['findings']>

/** What one step came to on one host. */
export interface StepOutcome {
  readonly status: Status
  readonly ignored: boolean
  /** Cut short because the operator wanted it: no failure of the host. */
  readonly interrupted: boolean
  readonly message: string
  readonly remedy: string
  readonly ms: number
  readonly diff?: Shared<readonly Diff[]> | undefined
  /** The diff as it compares with those of other hosts: the host's own name is `<host>` in it. */
  readonly alike?: Shared<readonly Diff[]> | undefined
  readonly findings?: Shared<Findings> | undefined
  /** The item of a loop. */
  readonly item?: string | undefined
}

/** One host as the screen knows it. Changed in place, event by event: at ten thousand hosts a copy for each event would cost too much. */
export interface HostView {
  readonly name: string
  /** Its place in the inventory, by which lists of hosts are in order. */
  readonly index: number
  standing: HostStanding
  /** Index among all steps of the run: the step it is in, or the next one it will do. */
  step: number
  /** When it began that step, or came to stand as it does; event time. */
  since: number
  last: string
  /** Changes under way, oldest first: those that share a round trip are sent at once, and the first of them is what it does. */
  sent: readonly Sent[]
  phase: Omit<PhaseReport, 'seconds'> | undefined
  /** When it came to that phase; event time. */
  phaseSince: number
  counts: { -readonly [K in Exclude<keyof Counts, 'retried' | 'leftOut' | 'stopped' | 'notBegun'>]-?: number }
  failure: FailureGroup | undefined
  cause: string
  remedy: string
  /** By index among all steps. */
  readonly outcomes: (StepOutcome | undefined)[]
  /** Of loops, as they come; bounded. */
  items: Map<number, StepOutcome[]> | undefined
  log: LineLog | undefined
  /** What was or would be changed, as one comparable text. */
  plan: string
  /** A short description of the system, once its facts are known. */
  facts: string
  /** Whether the segment under way still counts it. */
  inSegment: boolean
}

export function newHost(name: string, index: number): HostView {
  return {
    name,
    index,
    standing: 'waiting',
    step: 0,
    since: 0,
    last: '',
    sent: [],
    phase: undefined,
    phaseSince: 0,
    counts: { ok: 0, changed: 0, deferred: 0, unreachable: 0, failed: 0, skipped: 0, ignored: 0, overdue: 0 },
    failure: undefined,
    cause: '',
    remedy: '',
    outcomes: [],
    items: undefined,
    log: undefined,
    plan: '',
    facts: '',
    inSegment: false,
  }
}

/** Out of the play: it takes no further step unless it is retried. */
export function isLost({ standing, counts }: Pick<HostView, 'standing' | 'counts'>): boolean {
  return standing === 'failed' || standing === 'refused' || standing === 'unreachable' || counts.overdue > 0
}

/** In a step. */
export function isBusy({ standing }: Pick<HostView, 'standing'>): boolean {
  return standing === 'running' || standing === 'late'
}
