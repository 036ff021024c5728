import type { HostResult } from '../events/types.ts'
import { visible, visibleJson, visibleLines } from '../events/visible.ts'
import type { ValueMap } from '../expression/values.ts'
import type { Meaning, Paint } from './color.ts'

/** Lines of output shown of a command that failed. */
const TAIL = 12
/** Tasks whose very purpose is to fail a host by the author's wish. */
const AUTHORED = new Set(['fail', 'assert'])
const LISTED_AGAIN = new Set(['stdout_lines', 'stderr_lines'])

export interface ResultStyle {
  readonly paint: Paint
  /** Number of `-v`. */
  readonly verbosity: number
}

/** The lines of one result, without its diff: head line, figures of a failure, remedy, findings. `task` is the plugin's name. */
export function resultLines(event: HostResult, task: string, { paint, verbosity }: ResultStyle): string[] {
  const { meaning, text } = head(event, task, verbosity)
  const lines = joined(text, fields(event, task, verbosity))
  const failed = event.status === 'failed' || (event.status === 'refused' && AUTHORED.has(task))
  if (failed && verbosity < 2) lines.push(...commandTail(event.result))
  const { full, noted } = findings(event, paint, verbosity)
  // At a thousand hosts one line each: what asks for nothing stands behind what says nothing.
  const only =
    noted !== '' && full.length === 0 && lines.length === 1 && text[0] === `ok: [${visible(event.host, 300)}]`
  const painted = lines.map((line) => paint(meaning, line))
  if (only) painted[0] += paint('dim', ` => ${noted}`)
  // A refusal for inhibitors repeats what each of them says itself.
  if (event.remedy !== undefined && !inhibited(event)) {
    painted.push(
      ...visibleLines(event.remedy).map((line, i) => paint('dim', i === 0 ? `  remedy: ${line}` : `    ${line}`)),
    )
  }
  painted.push(...full)
  if (noted !== '' && !only) painted.push(paint('dim', `  ${noted}`))
  if (event.ignored) painted.push(paint('skipped', '...ignoring'))
  return painted
}

function head(event: HostResult, task: string, verbosity: number): { meaning: Meaning; text: string[] } {
  const target = event.delegatedTo === undefined ? event.host : `${event.host} -> ${event.delegatedTo}`
  const where = `[${visible(target, 300)}]`
  const item = event.item ? `(item=${visible(event.item.label, 300)})` : ''
  const said = task === 'debug' && event.status === 'ok' ? undefined : event.message
  const tail = (parts: readonly string[]) => parts.filter((part) => part !== '').join(' => ')
  const quiet = (word: string) => withMessage(tail([`${word}: ${where}`, item]), ' => ', said)
  // Cut short is no failure: the host counts as stopped.
  if (event.interrupted) return { meaning: 'later', text: quiet('stopped') }
  switch (event.status) {
    case 'ok':
      // What an unchanged host has to say is for those who ask.
      return { meaning: 'ok', text: verbosity > 0 ? quiet('ok') : [tail([`ok: ${where}`, item])] }
    case 'changed':
      return { meaning: 'changed', text: quiet('changed') }
    case 'skipped':
      return { meaning: 'skipped', text: quiet('skipping') }
    case 'deferred':
      return { meaning: 'later', text: quiet('later') }
    case 'unreachable':
      return { meaning: 'unreachable', text: withMessage(`fatal: ${where}: UNREACHABLE!`, ' => ', said) }
    case 'overdue':
      return { meaning: 'unreachable', text: withMessage(`fatal: ${where}: OVERDUE!`, ' => ', said) }
    case 'refused':
      if (!AUTHORED.has(task)) {
        return { meaning: 'failed', text: withMessage(`refused: ${[where, item].join(' ').trim()}`, ': ', said) }
      }
      break
    case 'failed':
      break
  }
  const start = event.item ? `failed: ${where} ${item}` : `fatal: ${where}: FAILED!`
  return { meaning: 'failed', text: withMessage(start, ' => ', said) }
}

/** `ok: [web1] => {`, then the rest of the value: the shape that Ansible's users know. */
function joined(text: readonly string[], value: readonly string[]): string[] {
  const [first, ...rest] = value
  return first === undefined ? [...text] : [...text.slice(0, -1), `${text.at(-1)} => ${first}`, ...rest]
}

function withMessage(start: string, joint: string, message: string | undefined): string[] {
  if (message === undefined || message === '') return [start]
  const [first = '', ...rest] = visibleLines(message)
  return [`${start}${joint}${first}`, ...rest.map((line) => `  ${line}`)]
}

/** The result itself: always for `debug`, with -v for the rest; what is the same again, split into lines, with -vv. */
function fields(event: HostResult, task: string, verbosity: number): string[] {
  const { result } = event
  if (!result) return []
  if (task === 'debug' && event.status === 'ok') {
    const { changed: _, failed: __, verbosity: wanted, ...shown } = result
    return typeof wanted === 'number' && wanted > verbosity ? [] : json(shown)
  }
  if (verbosity === 0) return []
  const shown =
    verbosity > 1 ? result : Object.fromEntries(Object.entries(result).filter(([key]) => !LISTED_AGAIN.has(key)))
  return json(shown)
}

function json(value: ValueMap): string[] {
  return JSON.stringify(value, null, 4)
    .split('\n')
    .map((line) => cap(visibleJson(line)))
}

function cap(line: string): string {
  return line.length > 4000 ? `${line.slice(0, 4000)}... (${line.length - 4000} more characters)` : line
}

/** What a failed command said last; its code. */
function commandTail(result: ValueMap | undefined): string[] {
  if (!result || typeof result.rc !== 'number') return []
  const lines = [`  rc: ${result.rc}`]
  for (const stream of ['stderr', 'stdout'] as const) {
    const text = result[stream]
    if (typeof text !== 'string' || text.trim() === '') continue
    const all = visibleLines(text.trimEnd(), 500)
    if (all.length > TAIL) lines.push(`  ${stream} (last ${TAIL} of ${all.length} lines):`)
    else lines.push(`  ${stream}:`)
    lines.push(...all.slice(-TAIL).map((line) => `    ${line}`))
  }
  return lines
}

/** In full what asks for action; the rest by key on one line, in full with -v: at a thousand hosts the former must stand out. */
function findings({ findings = [] }: HostResult, paint: Paint, verbosity: number): { full: string[]; noted: string } {
  const quiet = (finding: JudgedFinding) =>
    verbosity === 0 && (finding.accepted === true || finding.severity === 'low' || finding.severity === 'info')
  const names = findings
    .filter(quiet)
    .map(({ key, severity, accepted }) => `${visible(key)} (${accepted ? 'accepted' : severity})`)
  return {
    full: findings.filter((finding) => !quiet(finding)).flatMap((finding) => inFull(finding, paint)),
    noted: names.length === 0 ? '' : `noted: ${names.join(', ')}`,
  }
}

type JudgedFinding = NonNullable<HostResult['findings']>[number]

function inFull({ key, severity, title, detail, remedy, accepted }: JudgedFinding, paint: Paint): string[] {
  const [first = '', ...rest] = visibleLines(`${title}${detail ? ` - ${detail}` : ''}`)
  const lines = [
    `  [${severity}${accepted ? ', accepted' : ''}] ${visible(key)}: ${first}`,
    ...rest.map((line) => `    ${line}`),
  ]
  if (remedy && !accepted) {
    lines.push(...visibleLines(remedy).map((line, i) => (i === 0 ? `    remedy: ${line}` : `      ${line}`)))
  }
  return lines.map((line) => paint(meaningOf(severity, accepted === true), line))
}

function inhibited({ status, findings = [] }: HostResult): boolean {
  return status === 'refused' && findings.some(({ severity, accepted }) => severity === 'inhibitor' && !accepted)
}

function meaningOf(severity: JudgedFinding['severity'], accepted: boolean): Meaning {
  if (accepted || severity === 'info') return 'dim'
  return severity === 'inhibitor' || severity === 'high' ? 'failed' : 'changed'
}
