import type { SerialSize } from '../playbook/types.ts'

/**
 * Cuts a play's hosts into batches by `serial`. Percentages are of all hosts of the play, floored, at least 1; the last
 * size repeats; 0 or less means all the rest; no sizes: one batch. Source: Ansible's executor, as observed.
 */
export function batches<T>(hosts: readonly T[], sizes: readonly SerialSize[]): T[][] {
  if (hosts.length === 0) return []
  const result: T[][] = []
  let start = 0
  for (let i = 0; start < hosts.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)]
    const count = size === undefined ? hosts.length : batchSize(size, hosts.length)
    const end = count <= 0 ? hosts.length : Math.min(hosts.length, start + count)
    result.push(hosts.slice(start, end))
    start = end
  }
  return result
}

function batchSize(size: SerialSize, total: number): number {
  if (typeof size === 'number') return size
  return Math.max(1, Math.floor((Number.parseFloat(size) * total) / 100))
}
