import type { PlannedPlaybook } from '../plan/playbooks.ts'
import type { BatchRun } from './batch-run.ts'
import { accepted, type Decided, refused } from './decided.ts'
import type { HostRun } from './host-run.ts'
import { leaveOut } from './leave-out.ts'
import type { ControllerPorts } from './ports.ts'

/** One batch of one play, in the order of the run. */
interface Turn {
  readonly play: number
  readonly batch: number
  readonly hosts: ReadonlySet<string>
}

/** Which hosts have steps before them, and in which batch: what a command about one host is judged by. */
export class Roster {
  readonly #turns: readonly Turn[]
  readonly #runs: ReadonlyMap<string, HostRun>
  readonly #ports: ControllerPorts
  /** Index of the turn under way or last done. */
  #now = -1
  #batch: BatchRun | undefined

  constructor(playbooks: readonly PlannedPlaybook[], runs: ReadonlyMap<string, HostRun>, ports: ControllerPorts) {
    this.#runs = runs
    this.#ports = ports
    this.#turns = playbooks.flatMap(({ plays }) =>
      plays.flatMap(({ index, batches }) =>
        batches.map((hosts, batch) => ({ play: index, batch, hosts: new Set(hosts) })),
      ),
    )
  }

  /** A batch is under way from now on. */
  began(batch: BatchRun): void {
    this.#now = this.#turns.findIndex(({ play, batch: n }) => play === batch.play && n === batch.batch)
    this.#batch = batch
  }

  /** The hosts of the batch do nothing more in it. */
  ended(): void {
    this.#batch = undefined
  }

  /** How many hosts are in a step. */
  get busy(): number {
    return this.#batch?.busy ?? 0
  }

  /** How many of those are in the middle of their upgrade and only watched. */
  get watched(): number {
    return this.#batch?.watched ?? 0
  }

  /** Why a brake will stop the play, once hosts go on, as things are. */
  get brakeAhead(): string | undefined {
    return this.#batch?.brakeAhead()
  }

  /** The host begins no other step of this run. */
  skip(host: string): Decided {
    const run = this.#known(host)
    if (!run) return refused(unknown(host))
    if (run.state === 'left-out') return refused(`${host} is left out already`)
    const batch = this.#batch?.has(run) ? this.#batch : undefined
    if (batch?.retries(run)) {
      return accepted(`${host} does not begin again; it stays ${lost(run)}`, () => batch.takeBackRetry(run))
    }
    if (run.state !== 'active') return refused(`${host} begins no other step anyway: it is ${lost(run)}`)
    const later = this.#turns.slice(this.#now + 1).find(({ hosts }) => hosts.has(host))
    const decided = batch?.leave(run, later !== undefined)
    if (decided) return decided
    if (!later) return refused(`${host} has no step left in this run`)
    const where = { play: later.play, batch: later.batch, step: 0 }
    return accepted(`${host} is left out before its first step of play ${later.play + 1}`, () =>
      leaveOut(run, where, this.#ports),
    )
  }

  /** The host, which was lost, begins again with the step that it was lost in. `id`: of this run. */
  retry(host: string, { paused, id }: { readonly paused: boolean; readonly id: string }): Decided {
    const run = this.#known(host)
    if (!run) return refused(unknown(host))
    if (run.state === 'left-out') return refused(`${host} is left out of the run; only a host that failed begins again`)
    if (run.late) return refused(`${host} is still watched; it can begin again once it is given up`)
    if (!run.lost) return refused(`${host} has not failed`)
    if (this.#batch?.has(run)) return this.#batch.retry(run, paused)
    return refused(
      `the batch of ${host} is over; run the same command again with --limit ${host}, or for all such hosts with --rerun ${lost(run)} ${id}`,
    )
  }

  #known(host: string): HostRun | undefined {
    return this.#turns.some(({ hosts }) => hosts.has(host)) ? this.#runs.get(host) : undefined
  }
}

function unknown(host: string): string {
  return `no play of this run has a host ${host}`
}

function lost({ state }: HostRun): string {
  return state === 'unreachable' ? 'unreachable' : 'failed'
}
