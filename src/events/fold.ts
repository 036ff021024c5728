import type { PhaseReport } from '../tasks/contract.ts'
import { HostTable } from './host-table.ts'
import type { Counts, HostResult, Mode, Outcome, RunEvent, StepRef } from './types.ts'

/**
 * waiting: nothing heard yet; working: a step is under way; idle: its last step is done; overdue: away for its upgrade for longer than expected,
 * and waited for or, once a result says so, given up; left-out: the operator took it out of the run. The last three are final for the play, but for
 * a host that the operator lets begin again.
 */
type HostStatus = 'waiting' | 'working' | 'idle' | 'overdue' | 'failed' | 'unreachable' | 'left-out'

interface HostState {
  readonly counts: Counts
  readonly status: HostStatus
  /** The step it was last heard of in. */
  readonly current?: StepRef | undefined
  /** Why it failed, refused or can't be reached; the first cause. */
  readonly cause?: string | undefined
  /** Where it is in its upgrade, while a step follows it. */
  readonly phase?: Omit<PhaseReport, 'state'> | undefined
  /** Sent and not reported back: what a crash would leave in doubt. */
  readonly openIntents: number
}

interface PlayState {
  readonly play: number
  readonly name: string
  readonly steps: readonly { name: string; task: string }[]
  readonly hosts: readonly string[]
  readonly batches: number
  /** Index of the batch under way or last done, and its hosts. */
  readonly batch?: number | undefined
  readonly working: readonly string[]
  /** Hosts of batches that were done as planned: nobody stopped them, and no brake did. */
  readonly through: readonly string[]
  readonly brake?: string | undefined
  readonly skipped?: string | undefined
}

export interface RunState {
  readonly mode: Mode
  readonly hosts: HostTable<HostState>
  readonly plays: readonly PlayState[]
  /** How often Ctrl-C was pressed, 0 to 3. */
  readonly interrupt: number
  /** No host begins another step until the operator says so. */
  readonly paused: boolean
  /** Hosts that a brake kept from being worked on. */
  readonly heldBack: readonly string[]
  readonly warnings: number
  readonly finished?: { readonly outcome: Outcome; readonly exitCode: number } | undefined
}

const NO_COUNTS: Counts = { ok: 0, changed: 0, deferred: 0, unreachable: 0, failed: 0, skipped: 0, ignored: 0 }

const NEW_PLAY = { steps: [], hosts: [], batches: 0, working: [], through: [] }

const NEW_HOST: HostState = { counts: NO_COUNTS, status: 'waiting', openIntents: 0 }

export function emptyState(): RunState {
  return { mode: 'apply', hosts: HostTable.empty(), plays: [], interrupt: 0, paused: false, heldBack: [], warnings: 0 }
}

/** The state of a run after one more event. Pure: the old state stays as it is. */
export function fold(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run_started':
      return { ...state, mode: event.mode }
    case 'play_started': {
      const { play, name, steps, hosts, batches } = event
      let table = state.hosts
      for (const host of hosts) {
        // A host that failed in an earlier play stays failed; the others begin anew.
        if (!table.get(host)) table = table.set(host, NEW_HOST)
      }
      return { ...state, hosts: table, plays: [...state.plays, { ...NEW_PLAY, play, name, steps, hosts, batches }] }
    }
    case 'play_skipped': {
      const { play, name, reason } = event
      return { ...state, plays: [...state.plays, { ...NEW_PLAY, play, name, skipped: reason }] }
    }
    case 'batch_started':
      return withPlay(state, event.play, { batch: event.batch, working: event.hosts })
    case 'batch_finished':
      return batchDone(state, event.play)
    case 'progress':
      return atWork(state, event)
    case 'phase':
      return withHost(state, event.host, (host) => inPhase(host, event))
    case 'intent':
      return withHost(state, event.host, (host) => ({
        ...host,
        status: busy(host),
        current: stepOf(event),
        openIntents: host.openIntents + 1,
      }))
    case 'outcome':
      return withHost(state, event.host, (host) => ({ ...host, openIntents: Math.max(0, host.openIntents - 1) }))
    case 'host_result':
      return event.item ? state : withHost(state, event.host, (host) => afterResult(host, event))
    case 'warning':
      return { ...state, warnings: state.warnings + 1 }
    case 'brake':
      return {
        ...withPlay(state, event.play, { brake: event.reason }),
        heldBack: [...new Set([...state.heldBack, ...event.remaining])],
      }
    case 'interrupt':
      // Whoever waited goes home: a run that is being stopped is not paused.
      return { ...state, interrupt: Math.max(event.level, state.interrupt), paused: false }
    case 'paused':
      return { ...state, paused: event.paused }
    case 'host_steered':
      return withHost(state, event.host, (host) => steered(host, event))
    case 'run_finished':
      return { ...state, finished: { outcome: event.outcome, exitCode: event.exitCode } }
    default:
      return state
  }
}

/** As Ansible counts: a changed step is an ok one too, and so is a failure that is ignored. */
function countResult(counts: Counts, result: Pick<HostResult, 'status' | 'ignored'>): Counts {
  switch (result.status) {
    case 'ok':
      return { ...counts, ok: counts.ok + 1 }
    case 'changed':
      return { ...counts, ok: counts.ok + 1, changed: counts.changed + 1 }
    case 'deferred':
      return { ...counts, deferred: counts.deferred + 1 }
    case 'skipped':
      return { ...counts, skipped: counts.skipped + 1 }
    case 'failed':
    case 'refused':
      return result.ignored
        ? { ...counts, ok: counts.ok + 1, ignored: counts.ignored + 1 }
        : { ...counts, failed: counts.failed + 1 }
    case 'unreachable':
      return { ...counts, unreachable: counts.unreachable + 1 }
    case 'overdue':
      return { ...counts, overdue: (counts.overdue ?? 0) + 1 }
  }
}

/** Lines come by the thousand, and most change nothing: the host was at that step already. */
function atWork(state: RunState, event: StepRef & { host: string }): RunState {
  return withHost(state, event.host, (host) => {
    const status = busy(host)
    const same = status === host.status && isAt(host.current, event)
    return same ? host : { ...host, status, current: stepOf(event) }
  })
}

function isAt(current: StepRef | undefined, { play, batch, step }: StepRef): boolean {
  return current?.play === play && current.batch === batch && current.step === step
}

function inPhase(host: HostState, event: PhaseReport & StepRef): HostState {
  if (gone(host)) return host
  const { phase, state, n, of, seconds, text } = event
  const status = state === 'overdue' ? 'overdue' : 'working'
  return {
    ...host,
    status,
    current: stepOf(event),
    phase: state === 'done' ? undefined : { phase, n, of, seconds, text },
  }
}

function afterResult({ phase: _, ...host }: HostState, result: HostResult): HostState {
  const current = stepOf(result)
  // It did not come to the end of the step: nothing went wrong on it, and nothing is done.
  if (result.interrupted && !gone(host)) return { ...host, current, status: 'working' }
  const counts = countResult(host.counts, result)
  if (result.status === 'unreachable') {
    return { ...host, counts, current, status: 'unreachable', cause: host.cause ?? result.message }
  }
  if (result.status === 'overdue') {
    return { ...host, counts, current, status: 'overdue', cause: host.cause ?? result.message }
  }
  if ((result.status === 'failed' || result.status === 'refused') && !result.ignored) {
    const status = host.status === 'unreachable' ? host.status : 'failed'
    return { ...host, counts, current, status, cause: host.cause ?? result.message }
  }
  return { ...host, counts, current, status: gone(host) ? host.status : 'idle' }
}

/** A host that begins again is no failed one any more, whatever it was lost to; how often it did stays in its counts. */
function steered({ cause, ...host }: HostState, event: Extract<RunEvent, { type: 'host_steered' }>): HostState {
  const current = stepOf(event)
  if (event.state === 'left-out') {
    return { ...host, counts: { ...host.counts, leftOut: 1 }, status: 'left-out', current, cause: event.message }
  }
  const { overdue: _, ...counts } = host.counts
  const retried = (counts.retried ?? 0) + 1
  return { ...host, counts: { ...counts, failed: 0, unreachable: 0, retried }, status: 'working', current }
}

/** Lost, or out of the run: whatever comes later, it is no success of this run. */
export function gone({ status, counts }: HostState): boolean {
  return status === 'failed' || status === 'unreachable' || status === 'left-out' || (counts.overdue ?? 0) > 0
}

function busy(host: HostState): HostStatus {
  return gone(host) ? host.status : 'working'
}

function batchDone(state: RunState, index: number): RunState {
  const play = state.plays.find(({ play }) => play === index)
  if (!play || state.interrupt > 0 || play.brake !== undefined) return state
  return withPlay(state, index, { through: [...play.through, ...play.working] })
}

function stepOf({ play, batch, step }: StepRef): StepRef {
  return { play, batch, step }
}

function withHost(state: RunState, name: string, change: (host: HostState) => HostState): RunState {
  const before = state.hosts.get(name)
  const after = change(before ?? NEW_HOST)
  return after === before ? state : { ...state, hosts: state.hosts.set(name, after) }
}

function withPlay(state: RunState, play: number, change: Partial<PlayState>): RunState {
  return { ...state, plays: state.plays.map((one) => (one.play === play ? { ...one, ...change } : one)) }
}
