import type { RunModel } from './run-model.ts'

export interface Onlooker {
  /** The command that continues this run. */
  readonly resume: string
  readonly owns: boolean
  readonly replay: boolean
}

/**
 * The command that continues the run, where there is something to continue: not for a run that ended well, nor for one of long ago that is
 * shown again, nor for a rehearsal of another process, which nothing continues.
 */
export function continuation(model: RunModel, { resume, owns, replay }: Onlooker): string | undefined {
  const { started, finished } = model
  const well = finished?.outcome === 'done' || finished?.outcome === 'pending'
  const rehearsed = !owns && started?.rehearsal !== undefined
  return well || replay || rehearsed ? undefined : resume
}
