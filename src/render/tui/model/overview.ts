import { mayBeLost } from './brake.ts'
import { type TimeLeft, timeLeft } from './eta.ts'
import { type HostStanding, type HostView, isBusy, isLost } from './host.ts'
import type { RunModel } from './run-model.ts'
import type { BatchView, PlayView } from './run-views.ts'

export interface BatchTally {
  readonly number: number
  readonly size: number
  readonly finished: boolean
  readonly done: number
  readonly running: number
  /** Of all steps of all its hosts, how many are done or will not be done any more; 0 to 1. */
  readonly through: number
  readonly ok: number
  readonly changed: number
  readonly failed: number
  readonly unreachable: number
  readonly overdue: number
  /** Failed, refused, unreachable or given up: what a brake counts. */
  readonly lost: number
  /** The operator took them out: a brake counts them neither as lost nor as part of the batch. */
  readonly leftOut: number
  /** How many may be lost; undefined without a brake. */
  readonly mayBeLost: number | undefined
}

export interface Overview {
  /** By attention: what went wrong, what is late, what runs, what waits, what is done; within each in the order of the inventory. */
  readonly order: readonly HostView[]
  readonly counts: { readonly [K in HostStanding]: number }
  readonly batches: readonly BatchTally[]
  readonly left: TimeLeft | undefined
}

const ATTENTION: { readonly [K in HostStanding]: number } = {
  failed: 0,
  refused: 0,
  unreachable: 0,
  overdue: 0,
  late: 1,
  running: 2,
  between: 3,
  stopped: 3,
  'not-begun': 3,
  waiting: 3,
  'left-out': 4,
  done: 4,
}

/** Everything that is shown of the whole fleet, in one pass over its hosts. */
export function overview(model: RunModel): Overview {
  const buckets: HostView[][] = [[], [], [], [], []]
  const counts = Object.fromEntries(Object.keys(ATTENTION).map((key) => [key, 0])) as { [K in HostStanding]: number }
  for (const host of model.hosts.values()) {
    counts[host.standing]++
    buckets[ATTENTION[host.standing]]?.push(host)
  }
  const { play } = model
  return {
    order: buckets.flat(),
    counts,
    batches: play ? play.batches.map((batch, index) => tally(play, batch, index)) : [],
    left:
      play && !model.finished && model.paused === undefined && model.interrupt === 0 ? left(model, play) : undefined,
  }
}

function tally(play: PlayView, { hosts, finished }: BatchView, index: number): BatchTally {
  const sum = { done: 0, running: 0, ok: 0, changed: 0, failed: 0, unreachable: 0, overdue: 0, lost: 0, leftOut: 0 }
  for (const host of hosts) {
    const { standing } = host
    if (isBusy(host)) sum.running++
    else if (standing === 'failed' || standing === 'refused') sum.failed++
    else if (standing === 'unreachable') sum.unreachable++
    else if (standing === 'overdue') sum.overdue++
    else if (standing === 'left-out') sum.leftOut++
    if (isLost(host)) sum.lost++
    if (standing === 'done') {
      sum.done++
      if (host.counts.changed > 0) sum.changed++
      else sum.ok++
    }
  }
  const size = hosts.length
  const may = mayBeLost(play, size - sum.leftOut)
  return { number: index + 1, size, finished, through: through(play, hosts), ...sum, mayBeLost: may }
}

function through({ base, length }: PlayView, hosts: readonly HostView[]): number {
  const ended = (host: HostView) => isLost(host) || host.standing === 'done' || host.standing === 'left-out'
  const steps = (host: HostView) => (ended(host) ? length : Math.min(length, Math.max(0, host.step - base)))
  const all = hosts.length * length
  return all === 0 ? 1 : hosts.reduce((sum, host) => sum + steps(host), 0) / all
}

const stepsOf = (model: RunModel, { base, length }: PlayView) => model.steps.slice(base, base + length)

function left(model: RunModel, play: PlayView): TimeLeft | undefined {
  const batch = play.batches.at(-1)
  if (!batch || batch.finished) return undefined
  const now = new Array<number>(play.length).fill(0)
  for (const host of batch.hosts) {
    if (isLost(host) || host.standing === 'done' || host.standing === 'left-out') continue
    for (let step = host.step - play.base; step < play.length; step++) now[step] = (now[step] ?? 0) + 1
  }
  const begun = play.batches.reduce((sum, { hosts }) => sum + hosts.length, 0)
  return timeLeft({
    times: stepsOf(model, play).map(({ times, usual }) => ({ seen: times.quantiles(), usual })),
    now,
    later: { hosts: Math.max(0, play.hosts.length - begun), batches: play.batchCount - play.batches.length },
    forks: model.started?.forks ?? 1,
  })
}
