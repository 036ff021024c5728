import type { RunEvent } from '../../../events/types.ts'
import { ImageLogTally } from '../../image-log-tally.ts'
import { clean } from './clean.ts'
import { Failures } from './failures.ts'
import { type HostView, isBusy, isLost, newHost } from './host.ts'
import { takeResult } from './host-result.ts'
import { LineLog, linesPerHost } from './line-log.ts'
import { Notices } from './notices.ts'
import type { PlayView, StepView } from './run-views.ts'
import { stillSent } from './sent.ts'
import { SharedValues } from './shared.ts'
import { StepTimes } from './step-times.ts'
import { takePhase } from './take-phase.ts'
import { Turns } from './turns.ts'

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

/** A run as the screen knows it, event by event. No I/O and no clock: times are those of the events. */
export class RunModel {
  started: Of<'run_started'> | undefined
  run = ''
  /** Milliseconds since 1970, of the first and the last event. */
  begun = 0
  time = 0
  readonly hosts = new Map<string, HostView>()
  readonly steps: StepView[] = []
  readonly plays: PlayView[] = []
  readonly failures = new Failures()
  readonly diffs = new SharedValues<NonNullable<Of<'host_result'>['diff']>>()
  readonly findings = new SharedValues<NonNullable<Of<'host_result'>['findings']>>()
  /** Parts of plans, each by a short number: ten thousand hosts mostly share them. */
  readonly planParts = new Map<string, number>()
  readonly imageLogs = new ImageLogTally()
  readonly warnings: string[] = []
  warned = 0
  paused: string | undefined
  interrupt = 0
  /** What it means for the hosts that the run was left at once. */
  leaving = ''
  readonly notices: Notices
  finished: Of<'run_finished'> | undefined
  /** Grows with every event. */
  version = 0
  readonly #turns = new Turns((host, step) => this.#begin(host, step))

  constructor({ attached = false } = {}) {
    this.notices = new Notices(attached)
  }

  get play(): PlayView | undefined {
    return this.plays.at(-1)
  }

  get check(): boolean {
    return this.started?.mode === 'check'
  }

  on(event: RunEvent): void {
    this.version++
    this.time = Date.parse(event.t) || this.time
    if (this.begun === 0) {
      this.begun = this.time
      this.run = event.run
    }
    switch (event.type) {
      case 'run_started':
        this.started = event
        return
      case 'play_started':
        this.#startPlay(event)
        return
      case 'play_skipped':
        this.notices.say(`play ${event.name} is skipped: ${event.reason}`, this.time)
        return
      case 'batch_started':
        this.play?.batches.push({ hosts: event.hosts.map((host) => this.host(host)), finished: false })
        return
      case 'task_started':
        this.#startTask(event)
        return
      case 'intent':
        this.#intend(event)
        return
      case 'progress':
        this.#atWork(this.host(event.host), this.#stepOf(event.step), event.line)
        this.log(this.host(event.host), event.line)
        return
      case 'phase':
        this.#inPhase(event)
        return
      case 'image_log':
        this.imageLogs.add(event)
        return
      case 'host_result':
        this.#result(event)
        return
      case 'batch_finished':
        this.#finishBatch(event.batch)
        return
      case 'run_finished':
        this.finished = event
        this.paused = undefined
        // Why a play was stopped stands with the play.
        this.notices.clear()
        for (const host of this.hosts.values()) if (host.standing === 'waiting') this.#stand(host, 'not-begun')
        return
      default:
        this.#steered(event)
    }
  }

  host(name: string): HostView {
    let host = this.hosts.get(name)
    if (!host) {
      host = newHost(name, this.hosts.size)
      this.hosts.set(name, host)
    }
    return host
  }

  log(host: HostView, line: string): void {
    host.log ??= new LineLog(linesPerHost(this.hosts.size))
    host.log.push(clean(line, 500))
  }

  #startPlay(event: Of<'play_started'>): void {
    const base = this.steps.length
    for (const { name, task, usual } of event.steps)
      this.steps.push({ name: clean(name, 100), task, times: new StepTimes(), usual })
    const hosts = event.hosts.map((name) => this.host(name))
    for (const host of hosts) {
      if (isLost(host) || host.standing === 'left-out') continue
      this.#stand(host, 'waiting')
      host.step = base
      host.last = ''
      host.sent = []
    }
    const { play: index, batches: batchCount, maxFailPercentage, anyErrorsFatal, steps } = event
    const name = clean(event.name, 100)
    const brakes = { maxFailPercentage, anyErrorsFatal }
    this.plays.push({ name, index, base, length: steps.length, hosts, batchCount, batches: [], stopped: '', ...brakes })
    this.#turns.reset()
  }

  #startTask(event: Of<'task_started'>): void {
    const step = this.#stepOf(event.step)
    const hosts = event.hosts.map((name) => this.host(name)).filter((host) => !isLost(host))
    this.#turns.announce(step, hosts, this.started?.forks ?? hosts.length)
  }

  #begin(host: HostView, step: number): void {
    this.#stand(host, 'running')
    host.step = step
  }

  #intend(event: Of<'intent'>): void {
    const host = this.host(event.host)
    if (isLost(host)) return
    const { item, summary } = event
    host.sent = [...host.sent, { step: this.#stepOf(event.step), item, summary: clean(summary) }]
    this.#atFirstSent(host)
  }

  /** What was sent along waits on the host for the first of it. */
  #atFirstSent(host: HostView): void {
    const [first] = host.sent
    if (first) this.#atWork(host, first.step, first.summary)
  }

  #atWork(host: HostView, step: number, line: string): void {
    if (isLost(host)) return
    if (!isBusy(host) || host.step !== step) this.#begin(host, step)
    host.last = clean(line)
  }

  #inPhase(event: Of<'phase'>): void {
    const host = this.host(event.host)
    if (isLost(host)) return
    const step = this.#stepOf(event.step)
    if (!isBusy(host) || host.step !== step) this.#begin(host, step)
    takePhase(this, host, event)
  }

  #result(event: Of<'host_result'>): void {
    const host = this.host(event.host)
    const step = this.#stepOf(event.step)
    takeResult(this, host, step, event)
    host.sent = stillSent(host, step, event.item?.index)
    if (!event.item) this.#stepDone(host, step, event.interrupted)
    if (isLost(host) || event.interrupted) host.sent = []
    this.#atFirstSent(host)
  }

  #stepDone(host: HostView, step: number, interrupted: boolean | undefined): void {
    const play = this.play
    if (isLost(host)) this.#turns.leave(host)
    else if (interrupted) {
      this.#stand(host, 'stopped')
      this.#turns.leave(host)
    } else if (play && step >= play.base + play.length - 1) {
      this.#stand(host, 'done')
      this.#turns.leave(host)
    } else {
      this.#stand(host, 'between')
      host.step = step + 1
      this.#turns.next(host, step)
    }
  }

  #finishBatch(index: number): void {
    const batch = this.play?.batches[index] ?? this.play?.batches.at(-1)
    if (!batch) return
    batch.finished = true
    for (const host of batch.hosts) {
      if (isLost(host) || ['done', 'stopped', 'not-begun', 'left-out'].includes(host.standing)) continue
      const early = this.interrupt > 0 || this.play?.stopped
      // Who had not begun is not stopped in anything.
      if (!early) this.#stand(host, 'done')
      else if (host.standing !== 'waiting') this.#stand(host, 'stopped')
    }
  }

  #steered(event: RunEvent): void {
    switch (event.type) {
      case 'warning':
        if (event.host !== undefined) this.log(this.host(event.host), `warning: ${event.message}`)
        this.warned++
        if (this.warnings.length < 200) {
          this.warnings.push(clean(event.host === undefined ? event.message : `${event.host}: ${event.message}`, 500))
        }
        return
      case 'brake':
        if (this.play) this.play.stopped = clean(event.reason)
        for (const host of event.remaining.map((name) => this.host(name))) {
          if (host.standing !== 'done') this.#stand(host, host.standing === 'waiting' ? 'not-begun' : 'stopped')
        }
        this.notices.brake(event, this.time)
        return
      case 'interrupt':
        this.interrupt = Math.max(this.interrupt, event.level)
        // Hosts end the step they are in, and none begins in the place of one that is through.
        this.#turns.reset()
        if (event.level === 3) this.leaving = clean(event.message, 1000)
        this.notices.interrupt(event, this.time)
        return
      case 'steering':
        this.notices.steering(event, this.time)
        return
      case 'paused':
        this.paused = event.paused ? clean(event.message) : undefined
        this.#turns.pause(event.paused)
        this.notices.paused(event, this.time)
        return
      case 'host_steered': {
        const host = this.host(event.host)
        const retrying = event.state === 'retrying'
        this.failures.drop(host)
        host.sent = []
        if (retrying) {
          host.counts.failed = 0
          host.counts.unreachable = 0
          host.counts.overdue = 0
          this.#begin(host, this.#stepOf(event.step))
        } else this.#stand(host, 'left-out')
        host.last = clean(event.message)
        this.log(host, event.message)
      }
    }
  }

  #stand(host: HostView, standing: HostView['standing']): void {
    host.standing = standing
    host.since = this.time
    host.phase = undefined
    if (standing === 'done') host.last = ''
  }

  #stepOf(step: number): number {
    return (this.play?.base ?? 0) + step
  }
}

/** How many hosts are followed through their upgrade: whatever is cancelled, it goes on there. */
export function watchedHosts({ hosts }: RunModel): number {
  let watched = 0
  for (const { phase } of hosts.values()) if (phase !== undefined) watched++
  return watched
}
