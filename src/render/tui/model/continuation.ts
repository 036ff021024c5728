import type { RunModel } from './run-model.ts'

export interface Onlooker {
  /** The command that continues this run; undefined for a rehearsal. */
  readonly resume: string | undefined
  readonly replay: boolean
}

/** Instead of the command that continues a run: simulated hosts begin anew each time. */
export const NOT_CONTINUED = 'a rehearsal is not continued: nothing was changed'

/**
 * The command that continues the run, where there is something to continue: not for a run that ended well, nor for one of long ago that is
 * shown again, nor for a rehearsal.
 */
export function continuation(model: RunModel, { resume, replay }: Onlooker): string | undefined {
  const { started, finished } = model
  const well = finished?.outcome === 'done' || finished?.outcome === 'pending'
  return well || replay || started?.rehearsal !== undefined ? undefined : resume
}
