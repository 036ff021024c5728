import type { Diff } from '../../tasks/contract.ts'

/** A step that would change a host, or might: the check could not tell. */
export interface PendingStep {
  readonly play: number
  readonly step: number
  /** As people are told it; 0 is the gathering of facts. */
  readonly number: number
  readonly name: string
  readonly task: string
  readonly known: boolean
  /** What it would do; why it can't be told. One for each item of a loop. */
  readonly words: readonly string[]
  readonly diff: readonly Diff[]
}

/** Bytes that are needed and free in a place on a host. */
export interface Room {
  readonly mount: string
  readonly need: number
  readonly free: number
}

/** What a check found for one host, over all plays. */
export interface HostPlan {
  readonly host: string
  readonly pending: PendingStep[]
  /** It is in the middle of its upgrade, and is only watched on. */
  watched?: string | undefined
  /** Why nothing is done on it, or nothing more: not reached, refused, failed. */
  left?: string | undefined
  readonly rooms: Map<string, Room>
}

/** Whether two are the same step of the same play. */
export function isAt(a: { play: number; step: number }, b: { play: number; step: number }): boolean {
  return a.play === b.play && a.step === b.step
}
