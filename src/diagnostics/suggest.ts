/** Damerau-Levenshtein distance (adjacent swaps count as one), bounded by short names: fine for identifiers. */
function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i])
  for (let j = 0; j <= b.length; j++) (rows[0] as number[])[j] = j
  for (let i = 1; i <= a.length; i++) {
    const row = rows[i] as number[]
    const above = rows[i - 1] as number[]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, ((rows[i - 2] as number[])[j - 2] as number) + 1)
      }
      row[j] = best
    }
  }
  return (rows[a.length] as number[])[b.length] as number
}

/** The candidate that the user most likely meant, or undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3))
  let best: { name: string; score: number } | undefined
  for (const name of candidates) {
    if (Math.abs(name.length - word.length) > limit) continue
    const score = distance(word.toLowerCase(), name.toLowerCase())
    if (score <= limit && (!best || score < best.score)) best = { name, score }
  }
  return best?.name
}

/** `did you mean "x"?`, or else a short list of what is allowed. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const names = [...candidates]
  const near = closest(word, names)
  if (near !== undefined) return `did you mean "${near}"?`
  return names.length > 0 && names.length <= 40 ? `expected one of: ${[...names].sort().join(', ')}` : undefined
}
