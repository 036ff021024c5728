/** `7s`, `2m03s`, `1h05m`. */
export function short(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}m${two(seconds % 60)}s` : `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`
}

/** `4 to 7 min`: both ends in the unit of the later one, rounded away from each other. */
export function range({ low, high }: { readonly low: number; readonly high: number }): string {
  const [unit, ms] = high < 100_000 ? ['s', 1000] : high < 6_000_000 ? ['min', 60_000] : ['h', 3_600_000]
  const from = Math.floor(low / ms)
  const to = Math.max(from + 1, Math.ceil(high / ms))
  return `${from} to ${to} ${unit}`
}
