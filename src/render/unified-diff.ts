import { editScript } from './edit-script.ts'

const CONTEXT = 3

/** Hunks of a unified diff, without the two header lines; empty when the texts are equal. */
export function unifiedDiff(before: string, after: string): string[] {
  if (before === after) return []
  const edits = editScript(split(before), split(after))
  const lines: string[] = []
  let oldLine = 1
  let newLine = 1
  let index = 0
  while (index < edits.length) {
    const change = edits.findIndex((edit, i) => i >= index && edit.kind !== ' ')
    if (change < 0) break
    const from = Math.max(index, change - CONTEXT)
    const to = hunkEnd(edits, change)
    oldLine += from - index
    newLine += from - index
    const hunk = edits.slice(from, to)
    const olds = hunk.filter((edit) => edit.kind !== '+').length
    const news = hunk.filter((edit) => edit.kind !== '-').length
    lines.push(`@@ -${range(oldLine, olds)} +${range(newLine, news)} @@`)
    for (const { kind, line } of hunk) {
      lines.push(kind + line.replace(/\n$/, ''))
      if (!line.endsWith('\n')) lines.push('\\ No newline at end of file')
    }
    oldLine += olds
    newLine += news
    index = to
  }
  return lines
}

/** Where a hunk ends: after three kept lines that are not followed by a change soon. */
function hunkEnd(edits: readonly { kind: string }[], change: number): number {
  let last = change
  for (let i = change; i < edits.length && i - last <= 2 * CONTEXT; i++) if (edits[i]?.kind !== ' ') last = i
  return Math.min(edits.length, last + CONTEXT + 1)
}

/** Lines with their ends, so that a missing last one is a difference. */
function split(text: string): string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? [])
}

function range(line: number, count: number): string {
  const start = count === 0 ? line - 1 : line
  return count === 1 ? String(start) : `${start},${count}`
}
