import type { Counts } from '../events/types.ts'
import { visible } from '../events/visible.ts'
import type { Meaning, Paint } from './color.ts'

/** `web1   : ok=2    changed=1 ...`, one line per host by name; `deferred=` and the like only where some host has it. */
export function recapLines(recap: { readonly [host: string]: Counts }, paint: Paint): string[] {
  const hosts = Object.entries(recap).sort(([a], [b]) => (a < b ? -1 : 1))
  const deferred = hosts.some(([, counts]) => counts.deferred > 0)
  const some = (count: 'overdue' | 'retried' | 'leftOut' | 'stopped' | 'notBegun') =>
    hosts.some(([, counts]) => (counts[count] ?? 0) > 0)
  const columns: readonly (readonly [keyof Counts, Meaning, string?])[] = [
    ['ok', 'ok'],
    ['changed', 'changed'],
    ...(deferred ? ([['deferred', 'later']] as const) : []),
    ['unreachable', 'unreachable'],
    ...(some('overdue') ? ([['overdue', 'unreachable']] as const) : []),
    ['failed', 'failed'],
    ['skipped', 'skipped'],
    ['ignored', 'skipped'],
    ...(some('retried') ? ([['retried', 'later']] as const) : []),
    ...(some('leftOut') ? ([['leftOut', 'failed', 'left-out']] as const) : []),
    ...(some('stopped') ? ([['stopped', 'later']] as const) : []),
    ...(some('notBegun') ? ([['notBegun', 'later', 'not-begun']] as const) : []),
  ]
  return hosts.map(([host, counts]) => {
    const fields = columns.map(([of, meaning, name = of], i) => {
      const count = counts[of] ?? 0
      const text = `${name}=${count}`
      // The padding stays outside the colour; the last column has none.
      const pad = i === columns.length - 1 ? '' : ' '.repeat(Math.max(0, name.length + 5 - text.length))
      return (count > 0 ? paint(meaning, text) : text) + pad
    })
    const name = visible(host).padEnd(26)
    return `${paint(state(counts), name)} : ${fields.join(' ')}`.trimEnd()
  })
}

/** Recaps of more hosts than this end with what is wrong, by name: it would be lost among those that are well. */
const TOTALS_OVER = 20
/** Names given of each kind. */
const NAMED = 20

/**
 * `200 hosts: 180 well, 7 unreachable, 1 overdue, 4 failed, 1 left out, 2 stopped, 5 not begun`, and the names of those on which something went
 * wrong; nothing where the recap fits a screen.
 */
export function totalLines(recap: { readonly [host: string]: Counts }, paint: Paint): string[] {
  const hosts = Object.entries(recap)
  if (hosts.length <= TOTALS_OVER) return []
  const named = (kind: Wrong) => hosts.flatMap(([host, counts]) => (wrongWith(counts) === kind ? [host] : []))
  const wrong = (['unreachable', 'overdue', 'failed', 'left out'] as const).map((kind) => ({
    kind,
    names: named(kind),
  }))
  const short = (kind: 'stopped' | 'notBegun') => hosts.filter(([, counts]) => (counts[kind] ?? 0) > 0).length
  const [stopped, notBegun] = [short('stopped'), short('notBegun')]
  const well = hosts.length - stopped - notBegun - wrong.reduce((sum, { names }) => sum + names.length, 0)
  const lines = wrong.filter(({ names }) => names.length > 0)
  return [
    '',
    [
      `${hosts.length} hosts: ${well} well`,
      ...lines.map(({ kind, names }) => `${names.length} ${kind}`),
      ...(stopped > 0 ? [`${stopped} stopped`] : []),
      ...(notBegun > 0 ? [`${notBegun} not begun`] : []),
    ].join(', '),
    ...lines.map(({ kind, names }) => paint(MEANING[kind], `  ${kind}: ${listed(names)}`)),
  ]
}

/** The first names, and how many more there are. */
export function listed(names: readonly string[], most = NAMED): string {
  const shown = names.slice(0, most).map((name) => visible(name))
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ')
}

type Wrong = 'unreachable' | 'overdue' | 'failed' | 'left out'

const MEANING: Record<Wrong, Meaning> = {
  unreachable: 'unreachable',
  overdue: 'unreachable',
  failed: 'failed',
  'left out': 'failed',
}

function wrongWith(counts: Counts): Wrong | undefined {
  if (counts.unreachable > 0) return 'unreachable'
  if ((counts.overdue ?? 0) > 0) return 'overdue'
  if (counts.failed > 0) return 'failed'
  return (counts.leftOut ?? 0) > 0 ? 'left out' : undefined
}

function state(counts: Counts): Meaning {
  const wrong = wrongWith(counts)
  if (wrong) return MEANING[wrong]
  if ((counts.stopped ?? 0) + (counts.notBegun ?? 0) > 0) return 'later'
  if (counts.changed > 0) return 'changed'
  return counts.deferred > 0 ? 'later' : 'ok'
}
