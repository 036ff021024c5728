import { rpmvercmp } from '../rpmvercmp.ts'
import type { BlsEntry } from './bls-entry.ts'

/**
 * The specification's version order, as systemd-boot has it: -1, 0 or 1. It differs from rpm's in that `-` sorts before `^` and `.`,
 * and in that `~`, `-`, `^` and `.` are compared one by one and everything else separates only.
 * Source: UAPI.10 Version Format Specification.
 */
export function versionOrder(a: string, b: string): -1 | 0 | 1 {
  let one = a
  let two = b
  for (;;) {
    one = one.replace(/^[^A-Za-z0-9~^.-]+/, '')
    two = two.replace(/^[^A-Za-z0-9~^.-]+/, '')
    if (one.startsWith('~') || two.startsWith('~')) {
      if (!one.startsWith('~')) return 1
      if (!two.startsWith('~')) return -1
      one = one.slice(1)
      two = two.slice(1)
      continue
    }
    if (one === '' || two === '') return one === two ? 0 : one === '' ? -1 : 1
    const separator = ['-', '^', '.'].find((mark) => one.startsWith(mark) || two.startsWith(mark))
    if (separator !== undefined) {
      if (!one.startsWith(separator)) return 1
      if (!two.startsWith(separator)) return -1
      one = one.slice(1)
      two = two.slice(1)
      continue
    }
    const numeric = /^\d/.test(one) || /^\d/.test(two)
    const segment = numeric ? /^\d*/ : /^[A-Za-z]*/
    const left = segment.exec(one)?.[0] as string
    const right = segment.exec(two)?.[0] as string
    const order = numeric ? compareNumbers(left, right) : compareBytes(left, right)
    if (order !== 0) return order
    one = one.slice(left.length)
    two = two.slice(right.length)
  }
}

/** Entries as systemd-boot lists them; the first is the default when nothing else says which. */
export function systemdBootOrder(a: BlsEntry, b: BlsEntry): number {
  if (a.bad !== b.bad) return a.bad ? 1 : -1
  if ((a.sortKey === undefined) !== (b.sortKey === undefined)) return a.sortKey === undefined ? 1 : -1
  if (a.sortKey !== undefined && b.sortKey !== undefined) {
    const bySortKey =
      compareBytes(a.sortKey, b.sortKey) ||
      compareBytes(a.machineId ?? '', b.machineId ?? '') ||
      versionOrder(b.version ?? '', a.version ?? '')
    if (bySortKey !== 0) return bySortKey
  }
  return versionOrder(b.id, a.id)
}

/** Entries as GRUB's blscfg lists them: by file name, newest first, in rpm's order. */
export function grubOrder(a: BlsEntry, b: BlsEntry): number {
  return rpmvercmp(b.id, a.id)
}

/** An empty run of digits counts as less than any number. */
function compareNumbers(a: string, b: string): -1 | 0 | 1 {
  if ((a === '') !== (b === '')) return a === '' ? -1 : 1
  const left = a.replace(/^0+/, '')
  const right = b.replace(/^0+/, '')
  if (left.length !== right.length) return left.length < right.length ? -1 : 1
  return compareBytes(left, right)
}

function compareBytes(a: string, b: string): -1 | 0 | 1 {
  return a === b ? 0 : a < b ? -1 : 1
}
