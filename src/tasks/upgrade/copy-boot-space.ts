/** A file to be written, and the one of its name that it takes the place of; bytes as the file system counts them. */
export interface Replacement {
  readonly name: string
  readonly size: number
  readonly old: number
}

/**
 * `together`: all new files are written and verified before the first takes its name: a failure leaves everything as it was.
 * `one by one`: only when there is no room for that: each takes its name, and its predecessor's room, before the next is written.
 */
export type SpacePlan =
  | { readonly kind: 'together' | 'one by one'; readonly order: readonly string[] }
  | { readonly kind: 'too small'; readonly missing: number }

/** Whole blocks, as a file occupies them. */
export function occupied(size: number, block: number): number {
  return Math.ceil(size / block) * block
}

/** How files fit into `free` bytes. No old file is ever given up before its successor is there and verified. */
export function planSpace(files: readonly Replacement[], free: number): SpacePlan {
  const all = files.reduce((sum, { size }) => sum + size, 0)
  if (all <= free) return { kind: 'together', order: files.map(({ name }) => name) }
  let best = { peak: all, order: files }
  for (const order of permutations(files)) {
    const peak = peakOf(order)
    if (peak < best.peak) best = { peak, order }
  }
  if (best.peak <= free) return { kind: 'one by one', order: best.order.map(({ name }) => name) }
  return { kind: 'too small', missing: best.peak - free }
}

function peakOf(order: readonly Replacement[]): number {
  let held = 0
  let peak = 0
  for (const { size, old } of order) {
    peak = Math.max(peak, held + size)
    held += size - old
  }
  return peak
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}
