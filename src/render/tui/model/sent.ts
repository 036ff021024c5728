import type { HostView } from './host.ts'

/** A change that was sent to a host and has not come back: of a step, or of one item of its loop. */
export interface Sent {
  /** By index among all steps. */
  readonly step: number
  readonly item: number | undefined
  readonly summary: string
}

/**
 * What is left of the changes that were sent, once this result is in. Steps travel together and their results leave in the order of the
 * steps: whatever was sent before this one is over too.
 */
export function stillSent({ sent }: HostView, step: number, item: number | undefined): readonly Sent[] {
  return sent.filter((one) => one.step > step || (one.step === step && item !== undefined && one.item !== item))
}
