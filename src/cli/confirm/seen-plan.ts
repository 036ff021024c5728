import { createHash } from 'node:crypto'
import type { Forecast } from '../../engine/forecast.ts'
import type { HostResult, RunEvent } from '../../events/types.ts'
import type { PlannedPlaybook } from '../../plan/playbooks.ts'
import type { Diff } from '../../tasks/contract.ts'
import type { HostPlan, PendingStep, Room } from './host-plan.ts'

/** Gathers what a check tells by events into the plan of each host. */
export class SeenPlan {
  readonly hosts = new Map<string, HostPlan>()
  /** Why the check went no further, with the hosts that it did not come to. */
  readonly stopped: { readonly reason: string; readonly remaining: readonly string[] }[] = []
  readonly #forecast: Forecast
  readonly #numbers: ReadonlyMap<number, readonly number[]>
  readonly #steps = new Map<number, readonly { name: string; task: string }[]>()
  /** Diffs by digest: those of a fleet are mostly the same, and are kept once. */
  readonly #diffs = new Map<string, readonly Diff[]>()
  /** Results of a loop's items, which come before the step's own. */
  #items: HostResult[] = []

  constructor(forecast: Forecast, playbooks: readonly PlannedPlaybook[]) {
    this.#forecast = forecast
    const plays = playbooks.flatMap((playbook) => playbook.plays)
    this.#numbers = new Map(plays.map(({ index, steps }) => [index, steps.map(({ number }) => number)]))
  }

  /** Hosts that the check did not come to, or did not go on with. */
  get missed(): ReadonlySet<string> {
    return new Set(this.stopped.flatMap(({ remaining }) => remaining))
  }

  /** Of one host at least it is known what is to be done on it, be it nothing. */
  get hasAny(): boolean {
    const { missed } = this
    return [...this.hosts.values()].some(
      ({ host, pending, watched, left }) =>
        pending.length > 0 || watched !== undefined || (left === undefined && !missed.has(host)),
    )
  }

  readonly sink = (event: RunEvent): void => {
    if (event.type === 'play_started') {
      this.#steps.set(event.play, event.steps)
      for (const host of event.hosts) this.#planOf(host)
    } else if (event.type === 'brake') {
      this.stopped.push({ reason: event.reason, remaining: event.remaining })
    } else if (event.type === 'host_result') {
      if (event.item) this.#items.push(event)
      else {
        this.#result(event, this.#items)
        this.#items = []
      }
    }
  }

  #result(event: HostResult, items: readonly HostResult[]): void {
    const plan = this.#planOf(event.host)
    for (const room of roomsOf(event)) plan.rooms.set(room.mount, room)
    const { status } = event
    if (status === 'unreachable' || status === 'overdue') plan.left ??= `${status}: ${event.message ?? ''}`
    if ((status === 'failed' || status === 'refused') && !event.ignored) {
      const remedy = event.remedy === undefined ? '' : ` (${event.remedy})`
      plan.left ??= `${status} at ${this.#label(event)}: ${event.message ?? ''}${remedy}`
    }
    const kinds = new Set(this.#foreseen(event).map(({ kind }) => kind))
    if (kinds.has('away') && status === 'changed') plan.watched = event.message ?? 'it is watched on'
    const known = kinds.has('change')
    // After a host that is away, nothing is known and nothing new is begun.
    if (!known && (!kinds.has('unknown') || plan.watched !== undefined)) return
    plan.pending.push(this.#pending(event, items, known))
  }

  #pending(event: HostResult, items: readonly HostResult[], known: boolean): PendingStep {
    const { play, step } = event
    const told = items.length > 0 ? items.filter(({ status }) => status !== 'ok') : [event]
    return {
      play,
      step,
      number: this.#numbers.get(play)?.[step] ?? step,
      name: this.#steps.get(play)?.[step]?.name ?? '',
      task: this.#steps.get(play)?.[step]?.task ?? '',
      known,
      words: told.map(({ message }) => message ?? '').filter((words) => words !== ''),
      diff: this.#kept(told.flatMap(({ diff }) => diff ?? [])),
    }
  }

  #kept(diff: readonly Diff[]): readonly Diff[] {
    const digest = createHash('sha256').update(JSON.stringify(diff)).digest('base64')
    const known = this.#diffs.get(digest)
    if (!known) this.#diffs.set(digest, diff)
    return known ?? diff
  }

  #foreseen({ host, play, batch, step }: HostResult) {
    const own = this.#forecast.of({ host, play, step })
    return own.length > 0 ? own : this.#forecast.of({ host: `batch ${batch}`, play, step })
  }

  #label({ play, step }: HostResult): string {
    const { name = '' } = this.#steps.get(play)?.[step] ?? {}
    return `step ${this.#numbers.get(play)?.[step] ?? step} (${name})`
  }

  #planOf(host: string): HostPlan {
    let plan = this.hosts.get(host)
    if (!plan) {
      plan = { host, pending: [], rooms: new Map() }
      this.hosts.set(host, plan)
    }
    return plan
  }
}

/** Steps that know what room they need say so in `result.space`: bytes. */
function roomsOf({ result }: HostResult): Room[] {
  const rows: unknown = result?.space
  if (!Array.isArray(rows)) return []
  return rows.filter(
    (row: Partial<Room> | null): row is Room =>
      typeof row?.mount === 'string' && typeof row.need === 'number' && typeof row.free === 'number',
  )
}
