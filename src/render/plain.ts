import { withoutHostName } from '../events/host-name.ts'
import type { HostResult, RunEvent } from '../events/types.ts'
import { visible, visibleLines } from '../events/visible.ts'
import { banner } from './banner.ts'
import { type Paint, painter } from './color.ts'
import { diffLines } from './diff-lines.ts'
import { ImageLogTally } from './image-log-tally.ts'
import { LiveProgress } from './live-progress.ts'
import type { Output, Renderer } from './output.ts'
import { listed, recapLines, totalLines } from './recap.ts'
import { resultLines } from './result-lines.ts'
import { StepOrder } from './step-order.ts'

/** After such a result a host does nothing more. */
const LOST: ReadonlySet<string> = new Set(['failed', 'refused', 'unreachable', 'overdue'])

/** In a batch of more hosts than this, a diff that was shown once is named instead of shown again, and a remedy is left out. */
const FOLD_OVER = 50
const TICK_MS = 5_000

export interface PlainOptions {
  readonly out: Output
  readonly color: boolean
  /** Number of `-v`. */
  readonly verbosity: number
  /** Milliseconds; a test's clock. */
  readonly now?: () => number
  /** How many times as fast as the reader's own that clock goes: 1. */
  readonly pace?: number
}

export interface PlainRenderer extends Renderer {
  /** What the timer does every five seconds; a test calls it itself. */
  tick(): void
}

/** Ansible's well-known shape: banners, one line per host, diffs above it, the recap. */
export function createPlainRenderer(options: PlainOptions): PlainRenderer {
  const view = new PlainView(options)
  const timer = setInterval(() => view.tick(), TICK_MS).unref()
  return {
    sink: (event) => {
      view.on(event)
      if (event.type === 'run_finished') clearInterval(timer)
    },
    tick: () => view.tick(),
    close: () => {
      clearInterval(timer)
      view.finish()
    },
  }
}

class PlainView {
  readonly #out: Output
  readonly #paint: Paint
  readonly #verbosity: number
  readonly #progress: LiveProgress
  #steps: readonly { name: string; task: string }[] = []
  #play = ''
  #batchSize = 0
  #order: StepOrder | undefined
  #check = false
  /** Diffs of the step in front: worked out once, with the host that showed each first. */
  #diffs = new Map<string, { host: string; lines: readonly string[] }>()
  /** Hosts that showed items of the step in front: their loop's own line would only repeat them. */
  #looped = new Map<string, boolean>()

  /** Remedies that the step in front has shown. */
  readonly #remedies = new Set<string>()
  readonly #imageLogs = new ImageLogTally()

  constructor({ out, color, verbosity, now = () => performance.now(), pace = 1 }: PlainOptions) {
    this.#out = out
    this.#paint = painter(color)
    this.#verbosity = verbosity
    this.#progress = new LiveProgress({ now, pace, write: (line) => this.#out.write(`${this.#paint('dim', line)}\n`) })
  }

  on(event: RunEvent): void {
    switch (event.type) {
      case 'run_started':
        this.#check = event.mode === 'check'
        if (event.rehearsal !== undefined) this.#lines([this.#paint('warning', visible(event.rehearsal))])
        return
      case 'play_started':
        this.finish()
        this.#play = visible(event.name, 300)
        this.#steps = event.steps
        this.#batchSize = event.hosts.length
        if (event.batches === 0) this.#banner(this.#playTitle())
        return
      case 'play_skipped':
        this.finish()
        this.#banner(`PLAY [${visible(event.name, 300)}]`)
        this.#lines([this.#paint('skipped', `skipping: ${visible(event.reason)}`)])
        return
      case 'batch_started':
        this.#startBatch(event.hosts.length)
        return
      case 'task_started':
        this.#order?.started(event.step, event.hosts)
        return
      case 'intent':
        this.#progress.started(event)
        return
      case 'progress':
        this.#progress.line(event)
        return
      case 'phase':
        this.#progress.phase(event)
        return
      case 'host_result':
        if (!event.item) this.#progress.done(event, LOST.has(event.status) && !event.ignored)
        // Without a batch (a host that failed before its first step) there is nothing to wait for.
        if (!this.#order) this.#startBatch(1)
        this.#order?.result(event)
        return
      case 'host_steered':
        this.#steered(event)
        return
      case 'batch_finished':
        this.finish()
        return
      default:
        this.#other(event)
    }
  }

  /** Shows what is held back. */
  finish(): void {
    this.#order?.finish()
    this.#order = undefined
  }

  tick(): void {
    this.#progress.tick(this.#order?.waiting ?? [], this.#order?.front)
  }

  #other(event: RunEvent): void {
    if (event.type === 'warning') {
      const host = event.host === undefined ? '' : `[${visible(event.host)}] `
      this.#notice('warning', `[WARNING]: ${host}${event.message}`)
    } else if (event.type === 'brake') {
      this.#order?.finish()
      const rest = event.remaining.length === 0 ? '' : `; not worked on: ${listed(event.remaining, 10)}`
      this.#notice('failed', `\nSTOPPED: ${event.reason}${rest}`)
    } else if (event.type === 'interrupt') {
      this.#notice('warning', `\n[INTERRUPT]: ${event.message}`)
    } else if (event.type === 'steering') {
      const what = event.host === undefined ? event.command : `${event.command} ${visible(event.host)}`
      this.#notice('warning', `[STEERING]: ${what}${event.accepted ? '' : ' refused'}: ${event.message}`)
    } else if (event.type === 'paused') {
      this.#notice('warning', `[${event.paused ? 'PAUSED' : 'RESUMED'}]: ${event.message}`)
    } else if (event.type === 'image_log') {
      this.#imageLogs.add(event)
    } else if (event.type === 'run_finished') {
      this.finish()
      this.#banner('PLAY RECAP')
      this.#lines([...recapLines(event.recap, this.#paint), ...totalLines(event.recap, this.#paint)])
      const logs = this.#imageLogs.lines()
      if (logs.length > 0) this.#lines(['', ...logs])
      this.#out.write('\n')
    }
  }

  #steered({ host, state, step, message }: Extract<RunEvent, { type: 'host_steered' }>): void {
    this.#notice('warning', `[STEERING]: [${visible(host)}] ${message}`)
    if (state === 'left-out') this.#order?.without(host)
    else this.#order?.again(host, step)
  }

  #startBatch(size: number): void {
    this.finish()
    this.#batchSize = size
    this.#banner(this.#playTitle())
    this.#progress.begin((step) => visible(this.#steps[step]?.name ?? `step ${step + 1}`, 100))
    this.#order = new StepOrder({
      announce: (step, again) => this.#announce(step, again),
      show: (result) => this.#show(result),
    })
  }

  #playTitle(): string {
    return `PLAY [${this.#play}]${this.#check ? ' [CHECK MODE]' : ''}`
  }

  #announce(step: number, again: boolean): void {
    this.#diffs.clear()
    this.#looped.clear()
    this.#remedies.clear()
    this.#banner(`TASK [${visible(this.#steps[step]?.name ?? `step ${step + 1}`, 300)}]${again ? ' (continued)' : ''}`)
  }

  #show(result: HostResult): void {
    const task = this.#steps[result.step]?.task ?? ''
    if (result.item) this.#looped.set(result.host, result.ignored === true)
    else if (this.#looped.has(result.host) && result.status !== 'unreachable' && result.status !== 'overdue') {
      if (result.ignored && !this.#looped.get(result.host)) this.#lines([this.#paint('skipped', '...ignoring')])
      return
    }
    const style = { paint: this.#paint, verbosity: this.#verbosity }
    this.#lines([...this.#diff(result), ...resultLines(this.#once(result), task, style)])
  }

  /** Without the remedy, where a whole fleet needs the same one and it was shown for this step. */
  #once(result: HostResult): HostResult {
    if (result.remedy === undefined || this.#batchSize <= FOLD_OVER) return result
    // It may name a file of the host's own.
    const alike = withoutHostName(result.remedy, result.host)
    if (this.#remedies.has(alike)) return { ...result, remedy: undefined }
    this.#remedies.add(alike)
    return result
  }

  #diff({ diff, host }: HostResult): string[] {
    if (!diff || diff.length === 0) return []
    const key = JSON.stringify(diff)
    const first = this.#diffs.get(key)
    if (!first) {
      const lines = diffLines(diff, this.#paint)
      this.#diffs.set(key, { host, lines })
      return lines
    }
    return this.#batchSize > FOLD_OVER
      ? [this.#paint('dim', `(diff: same as ${visible(first.host)})`)]
      : [...first.lines]
  }

  #notice(meaning: 'warning' | 'failed', text: string): void {
    const [lead, rest] = text.startsWith('\n') ? ['\n', text.slice(1)] : ['', text]
    if (lead) this.#out.write(lead)
    this.#lines(visibleLines(rest).map((line) => this.#paint(meaning, line)))
  }

  #banner(text: string): void {
    this.#out.write(banner(text, this.#out))
    this.#progress.spoken()
  }

  #lines(lines: readonly string[]): void {
    if (lines.length > 0) this.#out.write(`${lines.join('\n')}\n`)
    this.#progress.spoken()
  }
}
