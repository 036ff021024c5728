import type { Brakes } from './brake.ts'
import type { HostView } from './host.ts'
import type { Quantiles, StepTimes } from './step-times.ts'

export interface StepView {
  readonly name: string
  readonly task: string
  readonly times: StepTimes
  /** How long it took on hosts of past runs, in milliseconds. */
  readonly usual: Quantiles | undefined
}

export interface BatchView {
  readonly hosts: readonly HostView[]
  finished: boolean
}

export interface PlayView extends Brakes {
  readonly name: string
  readonly index: number
  /** Where its steps begin among all steps of the run. */
  readonly base: number
  readonly length: number
  readonly hosts: readonly HostView[]
  readonly batchCount: number
  readonly batches: BatchView[]
  stopped: string
}

/** Something that the operator should read once. */
export interface Notice {
  readonly text: string
  readonly bad: boolean
  /** Event time. */
  readonly at: number
}
