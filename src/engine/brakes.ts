import { counted } from '../diagnostics/counted.ts'
import type { Play } from '../playbook/types.ts'

export interface BatchTally {
  /** Hosts the batch began with. */
  readonly size: number
  /** Hosts of it that failed, refused or became unreachable: whatever is no success counts. */
  readonly lost: number
}

/**
 * Why a play must stop after a step, or undefined. Unlike in Ansible, an unreachable host counts in every brake:
 * a host that does not come back from a reboot is exactly what a brake is for.
 */
export function brake(play: Play, { size, lost }: BatchTally): string | undefined {
  if (lost === 0) return undefined
  if (play.anyErrorsFatal) return `any_errors_fatal: ${lost} of ${counted(size, 'host')} of the batch failed`
  if (play.maxFailPercentage !== undefined && (lost / size) * 100 > play.maxFailPercentage) {
    return `max_fail_percentage ${play.maxFailPercentage}: ${lost} of ${counted(size, 'host')} of the batch failed`
  }
  if (lost >= size) return `no host of the batch is left (${lost} of ${size} failed)`
  return undefined
}
