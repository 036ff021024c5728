import type { Phase } from './phases.ts'
import type { ImagePhase, ProgressLine } from './progress-line.ts'
import type { SystemSight } from './system-sight.ts'

/** What does not change while an attempt is followed. */
export interface Attempt {
  readonly run: string
  /** Release that it leads to, as playbooks name it. */
  readonly to: string
  /** boot_id of the old system when the upgrade was armed. */
  readonly bootBefore: string
  /** Something in the image lets the controller in. */
  readonly imageAnswers: boolean
  /** The operator asked for a failed attempt to go on: its old failure is no news for a while. */
  readonly resuming: boolean
}

/** What was seen of the host, or heard from it. Times are not part of it. */
export type Observation =
  | { readonly kind: 'tick' }
  | { readonly kind: 'nobody'; readonly why: string }
  | { readonly kind: 'image'; readonly bootId: string }
  /** The next line of the image's progress; undefined for one that can't be read. */
  | { readonly kind: 'progress'; readonly line: ProgressLine | undefined }
  | { readonly kind: 'system'; readonly sight: SystemSight }

/** What failed, as the image told it. */
export interface Failure {
  readonly step: string | undefined
  readonly text: string
  /** Packages may have been changed. */
  readonly changed: boolean
}

/** How following ended. */
export type End =
  | { readonly kind: 'upgraded'; readonly sight: SystemSight }
  /** A system runs, and the upgrade is over without success. */
  | {
      readonly kind: 'failed'
      readonly sight: SystemSight
      readonly message: string
      readonly remedy: string
      /** Only the recovery entry can complete it: the image will answer again. */
      readonly unfinished?: true
    }
  /** The image waits for a person. */
  | { readonly kind: 'waiting'; readonly failure: Failure }

export interface FollowState {
  readonly phase: Phase
  /** Milliseconds: when the last observation was made, on a clock that only goes forward. */
  readonly at: number
  /** Milliseconds spent in each phase so far. */
  readonly spent: { readonly [phase in Phase]?: number }
  /** Packages done, and of how many. */
  readonly n?: number | undefined
  readonly of?: number | undefined
  readonly text?: string | undefined
  /** boot_id of each boot of the image that was seen, in order. */
  readonly imageBoots: readonly string[]
  /** Progress lines read of the image's latest boot. */
  readonly lines: number
  readonly failure?: Failure | undefined
  /** Since when the image has been waiting for a person. */
  readonly waitingSince?: number | undefined
  readonly end?: End | undefined
}

/** Phases of the controller by what the image calls its own. `failed` and `waiting` are states, not phases. */
export const OF_IMAGE: { readonly [phase in ImagePhase]: Phase | undefined } = {
  start: 'initramfs-boot',
  checks: 'checks',
  recovery: 'recovery',
  transaction: 'transaction',
  finish: 'finish',
  done: 'rebooting',
  failed: undefined,
  waiting: undefined,
}

/** A host whose reboot was just asked for. `now` in milliseconds. */
export function begin(now: number): FollowState {
  return { phase: 'going-down', at: now, spent: {}, imageBoots: [], lines: 0 }
}

/** A phase that is entered again goes on counting its time. */
export function enter(state: FollowState, phase: Phase, text: string): FollowState {
  if (state.phase === phase) return { ...state, text }
  const { n: _n, of: _of, ...rest } = state
  return { ...rest, phase, text }
}
