import type { Play } from '../playbook/types.ts'
import type { Step } from './plan.ts'

/**
 * Cuts steps into segments. Within a segment each host runs ahead on its own, and its short changes share round trips;
 * at the end of one all hosts of the batch meet. A step stands alone when something beyond its host decides: a brake after
 * every step, `run_once`, `delegate_to`, or a long change that must not let half the fleet run off.
 */
export function segments(steps: readonly Step[], play: Play, mode: 'check' | 'apply'): Step[][] {
  const braked = play.anyErrorsFatal || play.maxFailPercentage !== undefined
  const result: Step[][] = []
  let open: Step[] | undefined
  for (const step of steps) {
    const alone = (braked && mode === 'apply') || standsAlone(step, mode)
    if (alone) {
      result.push([step])
      open = undefined
    } else if (open) {
      open.push(step)
    } else {
      open = [step]
      result.push(open)
    }
  }
  return result
}

function standsAlone({ node, plugin }: Step, mode: 'check' | 'apply'): boolean {
  if (node.runOnce !== undefined && node.runOnce !== false) return true
  if (node.delegateTo !== undefined) return true
  return mode === 'apply' && plugin.apply !== undefined
}
