/**
 * Compares two version or release strings the way rpm does: -1, 0 or 1.
 *
 * Runs of digits compare as numbers, runs of ASCII letters as bytes, a number is newer than letters, everything else
 * only separates. `~` sorts before the end of the string (1.0~rc1 < 1.0), `^` after it but before anything longer
 * (1.0 < 1.0^git1 < 1.0.1).
 */
export function rpmvercmp(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  let one = a
  let two = b
  while (one !== '' || two !== '') {
    one = one.replace(/^[^A-Za-z0-9~^]+/, '')
    two = two.replace(/^[^A-Za-z0-9~^]+/, '')
    if (one.startsWith('~') || two.startsWith('~')) {
      if (!one.startsWith('~')) return 1
      if (!two.startsWith('~')) return -1
      one = one.slice(1)
      two = two.slice(1)
      continue
    }
    if (one.startsWith('^') || two.startsWith('^')) {
      if (one === '') return -1
      if (two === '') return 1
      if (!one.startsWith('^')) return 1
      if (!two.startsWith('^')) return -1
      one = one.slice(1)
      two = two.slice(1)
      continue
    }
    if (one === '' || two === '') break
    const numeric = /^\d/.test(one)
    const segment = numeric ? /^\d+/ : /^[A-Za-z]+/
    const left = segment.exec(one)?.[0] as string
    const right = segment.exec(two)?.[0]
    if (right === undefined) return numeric ? 1 : -1
    const order = numeric ? compareNumbers(left, right) : compareText(left, right)
    if (order !== 0) return order
    one = one.slice(left.length)
    two = two.slice(right.length)
  }
  if (one === two) return 0
  return one === '' ? -1 : 1
}

export interface Evr {
  readonly epoch: number
  readonly version: string
  readonly release: string
}

/** Epoch, then version, then release. */
export function compareEvr(a: Evr, b: Evr): -1 | 0 | 1 {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1
  return rpmvercmp(a.version, b.version) || rpmvercmp(a.release, b.release)
}

/** Decimal strings of any length: a version may hold a date with a time, too long for a double. */
function compareNumbers(a: string, b: string): -1 | 0 | 1 {
  const left = a.replace(/^0+/, '')
  const right = b.replace(/^0+/, '')
  if (left.length !== right.length) return left.length < right.length ? -1 : 1
  return compareText(left, right)
}

function compareText(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  return a < b ? -1 : 1
}
