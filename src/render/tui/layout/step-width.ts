import type { RunModel } from '../model/run-model.ts'
import { widthOf } from './width.ts'

/** Of all steps of the run, not of those in sight: columns would jump while the list moves. */
export function widestStep({ steps }: RunModel): number {
  return steps.reduce((widest, { name }) => Math.max(widest, widthOf(name)), 0)
}
