import { visible } from '../events/visible.ts'
import type { Diff } from '../tasks/contract.ts'
import type { Paint } from './color.ts'
import { unifiedDiff } from './unified-diff.ts'

/** A diff longer than this is cut on the screen; the journal has it whole. */
const MAX_LINES = 300

/** A task's diffs as lines to print above its result. */
export function diffLines(diffs: readonly Diff[], paint: Paint): string[] {
  return diffs.flatMap((diff) => {
    const lines = diff.kind === 'text' ? textDiff(diff, paint) : itemsDiff(diff, paint)
    if (lines.length <= MAX_LINES) return lines
    return [...lines.slice(0, MAX_LINES), paint('dim', `(${lines.length - MAX_LINES} more lines)`)]
  })
}

function textDiff(diff: Extract<Diff, { kind: 'text' }>, paint: Paint): string[] {
  const path = visible(diff.path, 500)
  const body = unifiedDiff(diff.before, diff.after).map((line) => {
    const shown = visible(line, 500)
    if (line.startsWith('+')) return paint('added', shown)
    if (line.startsWith('-')) return paint('removed', shown)
    return line.startsWith('@@') ? paint('skipped', shown) : shown
  })
  return [paint('removed', `--- before: ${path}`), paint('added', `+++ after: ${path}`), ...body]
}

function itemsDiff(diff: Extract<Diff, { kind: 'items' }>, paint: Paint): string[] {
  return [
    visible(diff.title, 500),
    ...diff.removed.map((item) => paint('removed', `- ${visible(item, 500)}`)),
    ...diff.changed.map((item) => paint('changed', `~ ${visible(item, 500)}`)),
    ...diff.added.map((item) => paint('added', `+ ${visible(item, 500)}`)),
  ]
}
