import type { SteeringCommand } from '../../../events/commands.ts'
import type { HostStanding } from '../model/host.ts'

/** What a key's meaning depends on beside the view. */
export interface Situation {
  /** Hosts as they are listed, after filters. */
  readonly listed: readonly string[]
  readonly standing: (host: string) => HostStanding | undefined
  /** On the clock of the events. */
  readonly now: number
  /** Hosts in the middle of their upgrade, which are only watched. */
  readonly watched: number
  /** Rows of the list, or lines of the page that is open. */
  readonly pageSize: number
  /** Lines of the page that is open. */
  readonly lines: number
  /** The run is over. */
  readonly ended: boolean
  /** How often its end was asked for: 1: what was sent finishes, 2: it is cancelled. */
  readonly interrupt: number
  /** Commands can be sent. */
  readonly steers: boolean
  /** The run lives in this very process: leaving would end it. */
  readonly owns: boolean
  /** The command that continues the run; undefined for a rehearsal. */
  readonly resume: string | undefined
}

/** What a key asks for beside another view. */
export type Effect =
  | { readonly kind: 'command'; readonly command: SteeringCommand }
  /** As Ctrl-C without a screen. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'redraw' }
