import { type Instance, render } from 'ink'
import { createElement } from 'react'
import type { EventSink } from '../../events/types.ts'
import { wantsColor } from '../color.ts'
import { App } from './app.tsx'
import { type Frame, frame } from './layout/frame.ts'
import { signsOf } from './layout/look.ts'
import { clean } from './model/clean.ts'
import { RunModel, watchedHosts } from './model/run-model.ts'
import type { Screen, ScreenOptions } from './options.ts'
import { FPS, Pace } from './pace.ts'
import { StandIns } from './stand-ins.ts'
import { summary } from './summary.ts'
import { Terminal } from './terminal.ts'
import type { KeyName } from './view/keys.ts'
import { press } from './view/reduce.ts'
import type { Effect } from './view/situation.ts'
import { atEnd, FIRST_VIEW, type ViewState } from './view/state.ts'

/** A terminal that was busy is looked at again. */
const BUSY_MS = 125
/** Times on the screen go on while nothing happens. */
const TICK_MS = 1000
const RESIZE_MS = 60
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Takes the terminal and shows the run on it until `close`. The sink never throws and never waits for the terminal. */
export async function openScreen(options: ScreenOptions): Promise<Screen> {
  return new InkScreen(options)
}

class InkScreen implements Screen {
  readonly ended: Promise<void>
  readonly #options: ScreenOptions
  readonly #terminal: Terminal
  readonly #model: RunModel
  readonly #color: boolean
  #view: ViewState = FIRST_VIEW
  #frame: Frame | undefined
  #ink: Instance | undefined
  #timer: NodeJS.Timeout | undefined
  #resizing: NodeJS.Timeout | undefined
  readonly #tick: NodeJS.Timeout
  #end: () => void = () => {}
  #closed = false
  /** The operator asked for the command. */
  #command = false
  /** When the next frame is due, on the clock of `performance`. */
  #due = Number.POSITIVE_INFINITY
  readonly #pace: Pace
  readonly #standIns = new StandIns()

  constructor(options: ScreenOptions) {
    this.#options = options
    this.#model = new RunModel({ attached: options.attached !== undefined })
    this.#pace = new Pace(options.replay !== undefined)
    this.#color = wantsColor({ isTTY: true }, options.env)
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#terminal = new Terminal(options.stdin, options.stdout)
    this.#terminal.beforeLeave = () => this.#unmount()
    this.#terminal.onGone(() => this.#stop())
    this.#terminal.enter()
    this.#terminal.onResize(() => this.#resized())
    this.#terminal.onContinue(() => this.#redraw())
    this.#mount()
    // A run of this process has its own way with signals, until it ends.
    if (!this.owns) this.#leaveOnSignals()
    this.#tick = setInterval(() => this.#draw(), TICK_MS).unref()
  }

  sink: EventSink = (event) => {
    this.#model.on(event)
    // What was advised before does not hold any more.
    if (event.type === 'interrupt') this.#view = { ...this.#view, said: undefined }
    if (event.type === 'run_finished') this.#finish()
    this.#drawIn(this.#pace.until(event))
  }

  close(): void {
    if (this.#closed) return
    this.#stop()
    this.#terminal.leave()
    const { owns } = this
    const { resume, reproduce, replay, attached } = this.#options
    // Nothing continues a rehearsal; with its seed it goes as it went.
    const command = this.#command || (owns && resume === undefined) ? reproduce : undefined
    const goesOn = attached?.goesOn() ?? false
    const options = { resume, command, owns, replay, goesOn, label: this.#label, color: this.#color }
    this.#terminal.write(summary(this.#model, options))
  }

  /** The run is driven by this process. */
  get owns(): boolean {
    return !this.#options.attached && !this.#options.replay
  }

  get #label(): string {
    const { rehearsal, replay } = this.#options
    const parts = [
      rehearsal || this.#model.started?.rehearsal !== undefined ? 'REHEARSAL: simulated hosts, none is touched' : '',
      replay
        ? `REPLAY of a journal, ${Number.isFinite(replay.speed) ? `${replay.speed} times as fast` : 'all at once'}`
        : '',
      this.#model.started?.resumes === undefined ? '' : `CONTINUES run ${clean(this.#model.started.resumes, 60)}`,
    ]
    return parts.filter((part) => part !== '').join('   ')
  }

  #wall(): number {
    return (this.#options.now ?? Date.now)()
  }

  /** The clock of the events. A replay whose clock is not handed in stands where its last event was. */
  #now(): number {
    const { replay, now } = this.#options
    return replay && !now ? this.#model.time : this.#wall()
  }

  #mount(): void {
    this.#frame = this.#compose()
    const stdout = this.#terminal.mount((drawn) => this.#standIns.resolve(drawn))
    this.#ink = render(this.#element(this.#frame), {
      stdout,
      stdin: this.#terminal.stdin,
      exitOnCtrlC: false,
      incrementalRendering: true,
      maxFps: FPS,
    })
  }

  #unmount(): void {
    this.#ink?.unmount()
    this.#ink = undefined
  }

  #element({ lines }: Frame) {
    return createElement(App, {
      lines,
      color: this.#color,
      standIn: (line) => this.#standIns.of(line),
      onKey: this.#onKey,
    })
  }

  #compose(): Frame {
    const { env, control, reproduce, resume, replay, pace } = this.#options
    return frame({
      model: this.#model,
      view: this.#view,
      columns: this.#terminal.columns,
      rows: this.#terminal.rows,
      now: this.#now(),
      pace: replay?.speed ?? pace ?? 1,
      signs: signsOf(env),
      steers: control !== undefined,
      owns: this.owns,
      replay: replay !== undefined,
      label: this.#label,
      reproduce,
      resume,
    })
  }

  /** The next frame comes by then, sooner if it was due sooner. */
  #drawIn(milliseconds: number): void {
    const due = performance.now() + milliseconds
    if (due >= this.#due) return
    clearTimeout(this.#timer)
    this.#due = due
    this.#timer = setTimeout(() => this.#draw(), milliseconds)
  }

  #draw(): void {
    clearTimeout(this.#timer)
    this.#due = Number.POSITIVE_INFINITY
    if (this.#closed || !this.#ink) return
    // A terminal that has not taken the last frame gets the next one when it has.
    if (this.#terminal.busy) {
      this.#drawIn(BUSY_MS)
      return
    }
    const began = performance.now()
    this.#frame = this.#compose()
    this.#ink.rerender(this.#element(this.#frame))
    this.#pace.drew(performance.now() - began)
  }

  /** Ink would leave parts of the old frame behind: everything is drawn anew. */
  #resized(): void {
    clearTimeout(this.#resizing)
    this.#resizing = setTimeout(() => this.#redraw(), RESIZE_MS)
  }

  #redraw(): void {
    if (this.#closed) return
    this.#unmount()
    this.#mount()
  }

  #onKey = (key: KeyName): void => {
    const { control, resume } = this.#options
    this.#pace.pressed()
    const { view, effect } = press(this.#view, key, {
      listed: this.#frame?.listed ?? [],
      standing: (host) => this.#model.hosts.get(host)?.standing,
      now: this.#now(),
      watched: watchedHosts(this.#model),
      pageSize: this.#frame?.pageSize ?? 1,
      lines: this.#frame?.total ?? 0,
      ended: this.#model.finished !== undefined,
      interrupt: this.#model.interrupt,
      steers: control !== undefined,
      owns: this.owns,
      resume,
    })
    this.#view = view
    if (view.page === 'command') this.#command = true
    if (effect) this.#act(effect)
    this.#draw()
  }

  #act(effect: Effect): void {
    switch (effect.kind) {
      case 'command': {
        const answer = this.#options.control?.(effect.command, 'key')
        if (!answer) return
        const said = { text: answer.message, bad: !answer.accepted }
        this.#view = { ...this.#view, said, saidAt: this.#now() }
        return
      }
      case 'interrupt':
        // In raw mode the terminal makes no signal of it: the same handler is to hear of it.
        process.kill(process.pid, 'SIGINT')
        return
      case 'leave':
        this.#end()
        return
      case 'redraw':
        this.#redraw()
    }
  }

  /** The run is over. The screen stays only for somebody who pressed a key, and for a replay. */
  #finish(): void {
    this.#view = atEnd(this.#view, this.#now())
    if (!this.#options.replay && !this.#view.touched) {
      this.#end()
      return
    }
    if (this.owns) this.#leaveOnSignals()
  }

  #leaveOnSignals(): void {
    for (const signal of SIGNALS) process.on(signal, this.#end)
  }

  #stop(): void {
    this.#closed = true
    clearInterval(this.#tick)
    clearTimeout(this.#timer)
    clearTimeout(this.#resizing)
    for (const signal of SIGNALS) process.off(signal, this.#end)
    this.#end()
  }
}
