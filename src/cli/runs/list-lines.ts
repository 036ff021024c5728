import { basename } from 'node:path'
import { visible } from '../../events/visible.ts'
import type { HostTally, RunSummary } from './summary.ts'

const TALLY = ['OK', 'CHANGED', 'FAILED', 'UNREACHABLE', 'NOT DONE']
const HEAD = ['RUN', 'WHEN', 'TOOK', 'MODE', 'PLAYBOOKS', 'HOSTS', ...TALLY, 'OUTCOME']
/** Columns of figures stand at the right. */
const FIGURES = new Set([2, 5, 6, 7, 8, 9, 10])

/** On a narrow terminal WHEN is left out, as the id has it, hosts that are well are one figure, and gaps are one column. */
const NARROW_HEAD = ['RUN', 'TOOK', 'MODE', 'PLAYBOOKS', 'WELL', 'FAIL', 'UNR', 'NOT', 'OUTCOME']
const NARROW_FIGURES = new Set([1, 4, 5, 6, 7])
const PLAYBOOKS = NARROW_HEAD.indexOf('PLAYBOOKS')
const OUTCOME = NARROW_HEAD.indexOf('OUTCOME')
const LONGEST_OUTCOME = 'unreachable'.length
const SHORTEST = 6

/** The runs as a table, one line each. `columns`: of the terminal, where it is one. */
export function listLines(runs: readonly RunSummary[], columns: number = Number.POSITIVE_INFINITY): string[] {
  const lines = table([HEAD, ...runs.map(cells)], FIGURES, '  ')
  return lines.every(({ length }) => length <= columns) ? lines : narrowLines(runs, columns)
}

/** Playbooks give way first. What does not fit even so is cut, but for what is wrong with a journal. */
function narrowLines(runs: readonly RunSummary[], columns: number): string[] {
  const rows = [NARROW_HEAD, ...runs.map(narrowCells)]
  const widths = NARROW_HEAD.map((_, column) => widest(rows.map((row) => row[column] ?? '')))
  // The name of another controller, which stands at the end, takes nothing from the others.
  widths[OUTCOME] = Math.min(widths[OUTCOME] ?? 0, LONGEST_OUTCOME)
  const others = widths.reduce((sum, width, column) => (column === PLAYBOOKS ? sum : sum + width + 1), 0)
  const room = Math.max(SHORTEST, columns - others)
  const fitted = rows.map((row) => row.map((cell, column) => (column === PLAYBOOKS ? shortened(cell, room) : cell)))
  return table(fitted, NARROW_FIGURES, ' ').map((line, i) => {
    const { problem, resumes } = runs[i - 1] ?? {}
    if (problem !== undefined) return `${line}: ${visible(problem, 200)}`
    const more = resumes === undefined ? '' : ` (resumes ${visible(resumes, 60)})`
    return line.length + more.length <= columns ? `${line}${more}` : shortened(line, columns)
  })
}

function narrowCells(summary: RunSummary): string[] {
  const { run, ms, mode, rehearsal, playbooks, tally, condition, controller } = summary
  const { ok, changed, failed, unreachable, stopped, notBegun, leftOut } = tally ?? {}
  const sum = (...figures: (number | undefined)[]) =>
    tally ? String(figures.reduce<number>((all, one) => all + (one ?? 0), 0)) : '-'
  return [
    run,
    ms === undefined ? '-' : duration(ms).replaceAll(' ', '').replace('min', 'm'),
    rehearsal === undefined ? (mode ?? '-') : 'rehearsal',
    visible(playbooks.map((path) => basename(path)).join(' ') || '-', 40),
    sum(ok, changed),
    sum(failed),
    sum(unreachable),
    sum(stopped, notBegun, leftOut),
    condition === 'elsewhere' ? visible(`on ${controller}`, 60) : condition,
  ]
}

function table(rows: readonly (readonly string[])[], figures: ReadonlySet<number>, gap: string): string[] {
  const widths = (rows[0] ?? []).map((_, column) => widest(rows.map((row) => row[column] ?? '')))
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return figures.has(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join(gap)
      .trimEnd(),
  )
}

function widest(cells: readonly string[]): number {
  return Math.max(...cells.map(({ length }) => length))
}

function shortened(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}~` : text
}

function cells(summary: RunSummary): string[] {
  const { run, started, ms, mode, rehearsal, playbooks, hosts, tally, condition, problem, resumes, controller } =
    summary
  const outcome = condition === 'elsewhere' ? `on ${controller}` : condition
  return [
    run,
    started === undefined ? '-' : localTime(started),
    ms === undefined ? '-' : duration(ms),
    rehearsal === undefined ? (mode ?? '-') : 'rehearsal',
    visible(playbooks.map((path) => basename(path)).join(' ') || '-', 40),
    String(hosts ?? '-'),
    ...figures(tally),
    visible([outcome, problem && `: ${problem}`, resumes && ` (resumes ${resumes})`].filter(Boolean).join(''), 200),
  ]
}

/** As TALLY names them: who was stopped on the way, who had not begun and who was left out are not done, all three. */
function figures(tally: HostTally | undefined): string[] {
  if (!tally) return TALLY.map(() => '-')
  const { ok, changed, failed, unreachable, stopped, notBegun, leftOut } = tally
  return [ok, changed, failed, unreachable, stopped + notBegun + leftOut].map(String)
}

/** `2026-11-23 05:13:34` where this person is. */
function localTime(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return '-'
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

/** `42 s`, `3 min 07 s`, `2 h 05 min`, `3 d 02 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const pair = (large: number, unit: string, small: number, smallUnit: string) =>
    `${large} ${unit} ${String(small).padStart(2, '0')} ${smallUnit}`
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  return pair(Math.floor(minutes / 1440), 'd', Math.floor((minutes % 1440) / 60), 'h')
}
