import { type ImageIdentity, type ImageSession, RemoteError } from '../../../remote/types.ts'
import { type HostBoots, OverdueError } from '../../contract.ts'
import { type Limits, standing } from './limits.ts'
import { observe } from './machine.ts'
import { plainText } from './plain-text.ts'
import { parseProgressLine } from './progress-line.ts'
import { Reporter } from './reporter.ts'
import { resumeImage } from './resume.ts'
import { type Attempt, begin, type End, type FollowState, type Observation } from './state.ts'
import { parseSystemSight, SYSTEM_SIGHT } from './system-sight.ts'

export interface Clock {
  /** Milliseconds, only forward. */
  now(): number
  /** Resolves early when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** From 0 up to 1. */
  random(): number
}

export interface Following {
  readonly attempt: Attempt
  readonly image: ImageIdentity | null
  readonly limits: Limits
  readonly boots: HostBoots
  readonly signal: AbortSignal
  readonly report: (line: string) => void
  readonly clock: Clock
}

/** How often the clock is looked at while nothing is heard. */
const TICK_MS = 1_000
/** Pauses between two tries to reach a host: growing, and each off by up to a third, so that a fleet does not knock in step. */
const FIRST_PAUSE_MS = 1_500
const LONGEST_PAUSE_MS = 10_000
/** An image that works says something every 3 s; after this the link is taken for dead. */
const IDLE_MS = 60_000
/** The resume service is looked at so often. */
const SYSTEM_PAUSE_MS = 4_000

/** Follows a host from its reboot to the end, over lost links and whatever boots come. See `follow`. */
class Follower {
  readonly #in: Following
  readonly #reporter: Reporter
  /** Ends every wait: the story is over, or the operator cancelled. */
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  #state: FollowState
  #silent = 0
  #ordered = false

  constructor(input: Following) {
    this.#in = input
    this.#reporter = new Reporter((report) => input.boots.phase(report))
    this.#signal = AbortSignal.any([input.signal, this.#over.signal])
    this.#state = begin(input.clock.now())
  }

  async run(): Promise<FollowState & { readonly end: End }> {
    this.#observe({ kind: 'tick' })
    const ticking = this.#tick()
    try {
      while (!this.#signal.aborted) {
        const pause = await this.#look()
        if (!this.#signal.aborted) await this.#in.clock.sleep(pause, this.#signal)
      }
    } finally {
      this.#over.abort()
      await ticking
    }
    const state = this.#state
    if (state.end) {
      this.#reporter.finish(state)
      return { ...state, end: state.end }
    }
    if (this.#in.signal.aborted) throw cancelled()
    throw overdue(state)
  }

  async #tick(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#in.clock.sleep(TICK_MS, this.#signal)
      this.#observe({ kind: 'tick' })
    }
  }

  #observe(observation: Observation): void {
    const now = this.#in.clock.now()
    this.#state = observe(this.#state, this.#in.attempt, observation, now)
    const how = standing(this.#state, this.#in.limits)
    this.#reporter.show(this.#state, how, now)
    if (this.#state.end || how === 'given-up') this.#over.abort()
  }

  /** One try to reach whoever is there. Resolves to the milliseconds until the next; rejects when nothing more can be hoped for. */
  async #look(): Promise<number> {
    const { boots, image } = this.#in
    try {
      const answer = await boots.answer(image, this.#signal)
      this.#silent = 0
      if (answer.from === 'image') {
        await this.#watch(answer.session).finally(() => answer.session.close())
        return this.#pause(FIRST_PAUSE_MS)
      }
      const [output] = await boots.look([SYSTEM_SIGHT], this.#signal)
      const sight = output && parseSystemSight(output)
      if (!sight?.bootId) throw new RemoteError('protocol', '', 'the system does not tell which boot it is in')
      this.#observe({ kind: 'system', sight })
      if (sight.bootId === this.#in.attempt.bootBefore) await boots.hangUp()
      return this.#pause(SYSTEM_PAUSE_MS)
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      if (this.#signal.aborted) return 0
      // Somebody else's key is refused as ever; everything else may pass.
      if (error.kind === 'host_key') throw error
      this.#observe({ kind: 'nobody', why: plainText(error.message, 200) })
      this.#silent++
      return this.#pause(Math.min(FIRST_PAUSE_MS * 1.5 ** this.#silent, LONGEST_PAUSE_MS))
    }
  }

  async #watch(session: ImageSession): Promise<void> {
    const options = { signal: this.#signal, idleMs: IDLE_MS }
    const boot = await session.run(['cat', '/proc/sys/kernel/random/boot_id'], options)
    this.#observe({ kind: 'image', bootId: plainText(boot.stdout, 64) })
    if (this.#in.attempt.resuming && !this.#ordered && !(await this.#resume(session))) return
    const from = String(this.#state.lines + 1)
    const { code, stderr } = await session.run(['upgrade-follow', from], {
      ...options,
      onLine: (raw) => {
        const line = parseProgressLine(raw)
        // A line that can't be read counts all the same: lines are numbered.
        this.#observe({ kind: 'progress', line })
        if (!line) this.#in.report(plainText(raw))
      },
    })
    throw new RemoteError('lost', session.host, `upgrade-follow ended with code ${code}: ${plainText(stderr, 200)}`)
  }

  /** Once in a run: a failure after that is told to the operator first. Resolves to whether there is something to follow. */
  async #resume(session: ImageSession): Promise<boolean> {
    const resumed = await resumeImage(session, { signal: this.#signal, idleMs: IDLE_MS })
    this.#ordered = resumed !== 'not-yet'
    if (resumed === 'ordered') this.#in.report('the image was told to go on with the upgrade')
    if (resumed === 'at-work') this.#in.report('the image is at work already: it needs no order')
    return this.#ordered
  }

  #pause(ms: number): number {
    return ms * (0.67 + 0.66 * this.#in.clock.random())
  }
}

/**
 * Watches a host go down, boot the upgrade image, change its packages and come back, until its new system is done with its first boot, or
 * something ended that. A host that does not answer is waited for; nothing is started on it, save that an attempt that waits is resumed, once,
 * when the attempt says so.
 *
 * Rejects with OverdueError when a phase took longer than its time and the patience after it, with ApplyError when the image refuses to
 * resume, and with RemoteError `host_key` when somebody else answers, or `aborted`.
 */
export function follow(input: Following): Promise<FollowState & { readonly end: End }> {
  return new Follower(input).run()
}

function overdue({ phase, spent, text }: FollowState): OverdueError {
  const minutes = Math.round((spent[phase] ?? 0) / 60_000)
  const last = text === undefined ? '' : ` (last: ${text})`
  return new OverdueError(
    `overdue: in phase ${phase} for ${minutes} min, longer than was to be waited for${last}`,
    'what runs on the host goes on by itself: look at its console; run the playbook again to go on watching',
  )
}

function cancelled(): RemoteError {
  const remedy = 'the upgrade goes on by itself on the host; run the playbook again to go on watching'
  return new RemoteError('aborted', '', 'watching was cancelled by the operator', remedy)
}
