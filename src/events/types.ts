import type { ValueMap } from '../expression/values.ts'
import type { Diff, Finding, PhaseReport } from '../tasks/contract.ts'
import type { SteeredBy, SteeringCommand } from './commands.ts'

export type Mode = 'check' | 'apply'

/**
 * ok: as it should be. changed: was changed (check: would be). deferred: check can't tell before an earlier pending change is made.
 * skipped: `when`, or an action without a postcondition in check mode. failed: an error. refused: the tool declined, nothing was done.
 * unreachable: no connection, or it was lost. overdue: it went away for its upgrade and did not come back in the longest time allowed.
 */
export type Status = 'ok' | 'changed' | 'deferred' | 'skipped' | 'failed' | 'refused' | 'unreachable' | 'overdue'

export interface StepRef {
  readonly play: number
  readonly batch: number
  /** Index of the task in its play. */
  readonly step: number
}

export interface HostResult extends StepRef {
  readonly type: 'host_result'
  readonly host: string
  readonly status: Status
  /** Failed or refused, but `ignore_errors`: the host goes on. */
  readonly ignored?: boolean | undefined
  /** The operator cut the step short: the host is neither well nor broken, and counts as stopped. */
  readonly interrupted?: boolean | undefined
  /** Present for one item of a loop; the step's own result follows without it. */
  readonly item?: { readonly label: string; readonly index: number } | undefined
  /** One line: summary, reason, or error. */
  readonly message?: string | undefined
  readonly remedy?: string | undefined
  readonly diff?: readonly Diff[] | undefined
  readonly findings?: readonly (Finding & { accepted?: boolean })[] | undefined
  /** What `register` holds; censored under no_log. */
  readonly result?: ValueMap | undefined
  readonly delegatedTo?: string | undefined
  readonly ms: number
}

export type EventBody =
  | {
      readonly type: 'run_started'
      readonly mode: Mode
      readonly playbooks: readonly string[]
      readonly version: string
      readonly user: string
      readonly controller: string
      readonly forks: number
      readonly diff: boolean
      readonly hosts: number
      readonly journal?: string | undefined
      /** No host was touched: what was rehearsed and how. */
      readonly rehearsal?: string | undefined
      /** How many times as fast as real hosts the simulated ones of a rehearsal go. */
      readonly speed?: number | undefined
      /** What was typed, without secrets: values that had to be hidden read `********`. */
      readonly command?: { readonly cwd: string; readonly args: readonly string[] } | undefined
      /** The process that drives the run: tells whether a journal without an end is still being written. */
      readonly process?: { readonly bootId: string; readonly pid: number; readonly startTime: string } | undefined
      /** The run that this one continues. */
      readonly resumes?: string | undefined
      /** The check whose plan was confirmed, by --yes or by a person, and when: hosts are held to it. */
      readonly confirmed?: { readonly run: string; readonly at: string } | undefined
    }
  | {
      readonly type: 'play_started'
      readonly play: number
      readonly name: string
      readonly hosts: readonly string[]
      readonly batches: number
      readonly steps: readonly {
        name: string
        task: string
        /** Milliseconds that the task took on most hosts of past runs, where the run was planned with them. */
        usual?: { readonly low: number; readonly high: number } | undefined
      }[]
      /** The play's brakes: how many hosts of a batch may be lost, in percent; whether one is too many. */
      readonly maxFailPercentage?: number | undefined
      readonly anyErrorsFatal?: boolean | undefined
    }
  | { readonly type: 'play_skipped'; readonly play: number; readonly name: string; readonly reason: string }
  | {
      readonly type: 'batch_started'
      readonly play: number
      readonly batch: number
      readonly of: number
      readonly hosts: readonly string[]
    }
  | ({
      readonly type: 'task_started'
      readonly name: string
      readonly task: string
      readonly hosts: readonly string[]
    } & StepRef)
  | HostResult
  /** A line of a long step, as it comes, or now and then the newest line of a command that runs. */
  | ({ readonly type: 'progress'; readonly host: string; readonly line: string } & StepRef)
  /** Where a host is in its upgrade: told when it changes and every few seconds. Times are seconds of the phase. */
  | ({ readonly type: 'phase'; readonly host: string } & PhaseReport & StepRef)
  /** What the host's upgrade image logged was kept on the controller (`path`), or why it was not (`missing`). */
  | ({
      readonly type: 'image_log'
      readonly host: string
      readonly path?: string | undefined
      readonly missing?: string | undefined
    } & StepRef)
  /** Written and fsynced before a change is sent to a host ... */
  | ({
      readonly type: 'intent'
      readonly host: string
      readonly task: string
      readonly summary: string
      readonly touches: readonly string[]
      readonly spec: unknown
      readonly item?: number | undefined
    } & StepRef)
  /** ... and after it came back. */
  | ({
      readonly type: 'outcome'
      readonly host: string
      readonly ok: boolean
      readonly message?: string | undefined
      readonly item?: number | undefined
    } & StepRef)
  | { readonly type: 'warning'; readonly message: string; readonly host?: string | undefined }
  /** A brake stopped the play: max_fail_percentage, any_errors_fatal, every host of the batch gone. */
  | {
      readonly type: 'brake'
      readonly play: number
      readonly batch: number
      readonly step?: number | undefined
      readonly reason: string
      readonly remaining: readonly string[]
    }
  | { readonly type: 'interrupt'; readonly level: 1 | 2 | 3; readonly message: string }
  /** An operator asked for something while the run goes on. Not accepted: `message` says why nothing comes of it. */
  | {
      readonly type: 'steering'
      readonly command: SteeringCommand['command']
      readonly host?: string | undefined
      readonly by: SteeredBy
      readonly accepted: boolean
      readonly message: string
    }
  /** From now on no host begins another step, or they go on again. Hosts that are in a step finish it. */
  | { readonly type: 'paused'; readonly paused: boolean; readonly message: string }
  /** left-out: the operator took the host out of the run; it is no success. retrying: it begins again with this step. */
  | ({
      readonly type: 'host_steered'
      readonly host: string
      readonly state: 'left-out' | 'retrying'
      readonly message: string
    } & StepRef)
  | { readonly type: 'batch_finished'; readonly play: number; readonly batch: number }
  | {
      readonly type: 'run_finished'
      readonly outcome: Outcome
      readonly exitCode: number
      readonly recap: { readonly [host: string]: Counts }
      readonly ms: number
    }

export type Outcome = 'done' | 'pending' | 'failed' | 'unreachable' | 'aborted' | 'error'

export interface Counts {
  readonly ok: number
  readonly changed: number
  readonly deferred: number
  readonly unreachable: number
  readonly failed: number
  readonly skipped: number
  readonly ignored: number
  /** Only where a host is. */
  readonly overdue?: number | undefined
  /** How often the host began again with the step that failed; that failure is in no other count. Only where it did. */
  readonly retried?: number | undefined
  /** 1 for a host that the operator took out of the run before its last step. */
  readonly leftOut?: number | undefined
  /** 1 for a host on which nothing went wrong and which did not get to the end of its play: a brake or the operator ended the run before. */
  readonly stopped?: number | undefined
  /** The same for one that had not begun its play. */
  readonly notBegun?: number | undefined
}

/**
 * `v` is the version of the format; `seq` counts from 1 in a run; `t` is UTC, milliseconds. `rehearsal` is on every event of a rehearsal and on no
 * other: its times are those of the simulated hosts.
 */
export type RunEvent = {
  readonly v: 1
  readonly seq: number
  readonly t: string
  readonly run: string
  // True, and in `run_started` the words.
  readonly rehearsal?: true | string | undefined
  /** Only in a journal: so many progress lines and phase reports of the host's step were not written before this one. */
  readonly omitted?: number | undefined
} & EventBody

/** A renderer or the journal. Called in order, synchronously; must not throw. */
export type EventSink = (event: RunEvent) => void
