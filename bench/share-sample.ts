/** How a run is shown: line by line, or on the screen. */
export const VIEWS = ['plain', 'screen'] as const
export type View = (typeof VIEWS)[number]

export interface ShareOptions {
  readonly hosts: number
  /** Seconds of the long step, each with a line. */
  readonly beats: number
  readonly runs: number
  readonly cli: string
}

/** One run of the controller. */
export interface ShareSample {
  readonly view: View
  readonly cpuSeconds: number
  readonly wallSeconds: number
}
