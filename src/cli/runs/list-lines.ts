import { basename } from 'node:path'
import { visible } from '../../events/visible.ts'
import type { HostTally, RunSummary } from './summary.ts'

const TALLY = ['OK', 'CHANGED', 'FAILED', 'UNREACHABLE', 'NOT DONE']
const HEAD = ['RUN', 'WHEN', 'TOOK', 'MODE', 'PLAYBOOKS', 'HOSTS', ...TALLY, 'OUTCOME']
/** Columns of figures stand at the right. */
const FIGURES = new Set([2, 5, 6, 7, 8, 9, 10])

/** The runs as a table, one line each. */
export function listLines(runs: readonly RunSummary[]): string[] {
  const rows = [HEAD, ...runs.map(cells)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return FIGURES.has(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
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
