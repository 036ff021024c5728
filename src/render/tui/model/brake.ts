/** The play's brakes, as `play_started` tells them. */
export interface Brakes {
  readonly maxFailPercentage?: number | undefined
  readonly anyErrorsFatal?: boolean | undefined
}

/** How many hosts of a batch may be lost before the play is stopped; undefined without a brake. */
export function mayBeLost({ maxFailPercentage, anyErrorsFatal }: Brakes, size: number): number | undefined {
  if (anyErrorsFatal) return 0
  if (maxFailPercentage === undefined) return undefined
  // Trips when the share is above the percentage, not at it. Steps of one, since a quotient may be off by a rounding error.
  let most = Math.floor((maxFailPercentage * size) / 100)
  while (((most + 1) / size) * 100 <= maxFailPercentage) most++
  while (most > 0 && (most / size) * 100 > maxFailPercentage) most--
  // A batch without any host left is stopped in any case.
  return Math.min(most, Math.max(0, size - 1))
}
