/** One line of a comparison: kept, removed from the old text, or added in the new one. */
export interface Edit {
  readonly kind: ' ' | '-' | '+'
  readonly line: string
}

/** Beyond this many differing lines the middle is shown as removed and added whole: still right, and quick. */
const MAX_DISTANCE = 400

/** The shortest way from one list of lines to the other (Myers' O(ND) algorithm). */
export function editScript(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const kept = (line: string): Edit => ({ kind: ' ', line })
  return [
    ...before.slice(0, start).map(kept),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(kept),
  ]
}

function middle(before: readonly string[], after: readonly string[]): Edit[] {
  const trail = walk(before, after)
  if (!trail) {
    return [...before.map((line): Edit => ({ kind: '-', line })), ...after.map((line): Edit => ({ kind: '+', line }))]
  }
  const edits: Edit[] = []
  let x = before.length
  let y = after.length
  for (let distance = trail.length - 1; distance >= 0; distance--) {
    const furthest = trail[distance] as Map<number, number>
    const k = x - y
    const down = k === -distance || (k !== distance && at(furthest, k - 1) < at(furthest, k + 1))
    const fromX = at(furthest, down ? k + 1 : k - 1)
    const fromY = fromX - (down ? k + 1 : k - 1)
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      edits.push({ kind: ' ', line: before[--x] as string })
      y--
    }
    if (distance === 0) break
    if (down) edits.push({ kind: '+', line: after[--y] as string })
    else edits.push({ kind: '-', line: before[--x] as string })
  }
  return edits.reverse()
}

/** For each distance, how far each diagonal had got before it; undefined when the texts are too far apart. */
function walk(before: readonly string[], after: readonly string[]): Map<number, number>[] | undefined {
  let furthest = new Map<number, number>([[1, 0]])
  const trail: Map<number, number>[] = []
  for (let distance = 0; distance <= Math.min(before.length + after.length, MAX_DISTANCE); distance++) {
    trail.push(furthest)
    const next = new Map(furthest)
    for (let k = -distance; k <= distance; k += 2) {
      const down = k === -distance || (k !== distance && at(next, k - 1) < at(next, k + 1))
      let x = down ? at(next, k + 1) : at(next, k - 1) + 1
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++
      next.set(k, x)
      if (x >= before.length && x - k >= after.length) return trail
    }
    furthest = next
  }
  return undefined
}

function at(furthest: Map<number, number>, k: number): number {
  return furthest.get(k) ?? -1
}
