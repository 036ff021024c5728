import type { Overview } from '../model/overview.ts'
import type { RunModel } from '../model/run-model.ts'
import type { ViewState } from '../view/state.ts'
import type { Signs } from './look.ts'

/** Everything that a frame is made of. */
export interface FrameInput {
  readonly model: RunModel
  readonly view: ViewState
  readonly columns: number
  readonly rows: number
  /** Milliseconds since 1970, on the clock of the events. */
  readonly now: number
  /** How many times as fast as the reader's own that clock goes. */
  readonly pace: number
  readonly signs: Signs
  readonly steers: boolean
  readonly owns: boolean
  /** A journal is shown: there is no run to go on or to leave. */
  readonly replay: boolean
  /** What every frame must say of itself, such as that it is a rehearsal. */
  readonly label: string
  readonly reproduce: string
  readonly resume: string | undefined
}

/** The same, with what was worked out once for the whole frame. */
export interface FrameContext extends FrameInput {
  readonly fleet: Overview
}
