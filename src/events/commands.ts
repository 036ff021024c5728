/** What an operator may ask of a run that is under way, by a key of the screen or from another shell. */
export type SteeringCommand =
  /** pause: hosts finish what was sent to them and get nothing new. next: go on until the end of a batch, then pause again. */
  | { readonly command: 'pause' | 'resume' | 'next' | 'abort' | 'abort-now' }
  /** skip: the host begins no other step of this run. retry: a host that failed begins again with the step that failed. */
  | { readonly command: 'skip' | 'retry'; readonly host: string }

/** Who asked. */
export type SteeredBy = 'key' | 'shell'

/** One line: what will happen to the hosts, or why nothing will. */
export interface SteeringAnswer {
  readonly accepted: boolean
  readonly message: string
}

/**
 * The one way back from a display to the run. Answers at once and never throws; what comes of it arrives as events.
 * @public
 */
export type ControlPort = (command: SteeringCommand, by: SteeredBy) => SteeringAnswer
