import { counted } from '../../../diagnostics/counted.ts'
import type { FrameContext } from './context.ts'
import { type Line, line, type Span } from './line.ts'
import { widthOf } from './width.ts'

interface Count extends Span {
  readonly none: boolean
}

/**
 * `1000 hosts: 2 failed, 1 unreachable, 0 overdue, 32 running, 700 waiting, 265 done`. Where that does not fit, counts that are 0 go;
 * where it still does not, it takes more lines: no count is ever cut off.
 */
export function countsLines({ model, fleet, columns }: FrameContext): Line[] {
  const { counts } = fleet
  const all = [
    bad(counts.failed + counts.refused, 'failed', 'failed'),
    bad(counts.unreachable, 'unreachable', 'failed'),
    bad(counts.overdue, 'overdue', 'overdue'),
    ...[bad(counts.late, 'late', 'overdue')].filter(some),
    of(counts.running, 'running'),
    of(counts.waiting + counts.between, 'waiting'),
    ...[of(counts.stopped, 'stopped'), of(counts['not-begun'], 'not begun'), of(counts['left-out'], 'left out')].filter(
      some,
    ),
    { ...of(counts.done, 'done'), tone: 'ok' as const },
  ]
  const head = `${counted(model.hosts.size, 'host')}: `
  const whole = rows(head, all, columns)
  return (whole.length > 1 ? rows(head, all.filter(some), columns) : whole).map((row) => line(columns, ...row))
}

const some = ({ none }: Count) => !none

function of(count: number, word: string): Count {
  return { text: `${count} ${word}`, none: count === 0 }
}

function bad(count: number, word: string, tone: 'failed' | 'overdue'): Count {
  return { ...of(count, word), ...(count > 0 ? { tone, bold: true } : {}) }
}

/** Counts behind the head, on as many rows as they need; none is torn. */
function rows(head: string, counts: readonly Count[], columns: number): Span[][] {
  const lines: Span[][] = [[{ text: head }]]
  let used = widthOf(head)
  for (const [i, count] of counts.entries()) {
    const comma = i < counts.length - 1 ? ',' : ''
    const width = widthOf(count.text) + comma.length
    const first = lines.at(-1)?.length === 1
    if (!first && used + 1 + width > columns) {
      lines.push([{ text: '  ' }])
      used = 2
    }
    const gap = lines.at(-1)?.length === 1 ? '' : ' '
    lines.at(-1)?.push({ text: gap }, count, { text: comma })
    used += gap.length + width
  }
  return lines
}
