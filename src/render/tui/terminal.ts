import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'

const ENTER = '\x1b[?1049h\x1b[2J\x1b[H'
const CLEAR = '\x1b[2J\x1b[H'
/** Shows the cursor, ends colours, gives the terminal's own text back. */
const LEAVE = '\x1b[?25h\x1b[0m\x1b[?1049l'

/**
 * The terminal while the screen is open. It is given back on every way out: at the end, by an error that nobody caught, by a signal that
 * ends the process. When it goes away (a closed window, a lost line) nothing is written any more and `onGone` is called, once.
 */
export class Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly #stdout: NodeJS.WriteStream
  readonly #listeners: (() => void)[] = []
  #ink = new InkOutput(this, String)
  #open = false
  #gone = false
  #continued: () => void = () => {}
  /** Called before the terminal is given back: whoever draws on it must stop. */
  beforeLeave: () => void = () => {}

  constructor(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream) {
    this.stdin = stdin
    this.#stdout = stdout
  }

  get columns(): number {
    return this.#stdout.columns || 80
  }

  get rows(): number {
    return this.#stdout.rows || 24
  }

  get gone(): boolean {
    return this.#gone
  }

  /** The last frame has not left yet: the terminal is slow, or frozen. */
  get busy(): boolean {
    return this.#stdout.writableLength > 0
  }

  /**
   * Standard output for Ink: a new one for each mount, which is cut off by the next.
   *
   * @param resolve what the terminal gets of what Ink wrote.
   */
  mount(resolve: (drawn: string) => string): NodeJS.WriteStream {
    this.#ink.cut()
    this.#ink = new InkOutput(this, resolve)
    if (this.#open) this.write(CLEAR)
    return this.#ink as unknown as NodeJS.WriteStream
  }

  onGone(listener: () => void): void {
    this.#listeners.push(listener)
  }

  onResize(listener: () => void): void {
    this.#stdout.on('resize', listener)
  }

  /** The process was stopped and goes on, in the foreground: a shell has used the terminal meanwhile. */
  onContinue(listener: () => void): void {
    this.#continued = () => {
      // Who sets the modes of a terminal from the background is stopped again.
      if (!this.#open || !inForeground()) return
      this.write(ENTER)
      listener()
    }
    process.on('SIGCONT', this.#continued)
  }

  enter(): void {
    for (const stream of [this.stdin, this.#stdout]) {
      stream.on('error', this.#vanish)
      stream.on('close', this.#vanish)
    }
    this.stdin.on('end', this.#vanish)
    process.on('exit', this.leave)
    process.on('uncaughtExceptionMonitor', this.leave)
    // A terminal that does not read (a frozen line) must not stop the process that keeps a thousand connections alive.
    setBlocking(this.#stdout, false)
    this.#open = true
    this.write(ENTER)
  }

  write(text: string): void {
    if (!this.#gone && !this.#stdout.destroyed) this.#stdout.write(text)
  }

  /** Gives the terminal back. Safe to call more than once, and while the process ends. */
  leave = (): void => {
    if (!this.#open) return
    this.beforeLeave()
    this.#open = false
    this.#ink.cut()
    setBlocking(this.#stdout, true)
    this.write(LEAVE)
    this.#stdout.removeAllListeners('resize')
    process.off('exit', this.leave)
    process.off('SIGCONT', this.#continued)
    process.off('uncaughtExceptionMonitor', this.leave)
    if (this.stdin.isRaw && !this.stdin.destroyed) this.stdin.setRawMode(false)
    this.stdin.pause()
  }

  #vanish = (): void => {
    if (this.#gone || !this.#open) return
    this.#gone = true
    this.#ink.cut()
    for (const listener of this.#listeners) listener()
  }
}

/**
 * Ink finds the top of its last frame by going up as many lines as it had, and in 6.8 one too few where it redraws only what changed.
 * Our frames begin at the top left corner, whatever else was written meanwhile.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is a control sequence that is looked for
const UP = /^\x1b\[\d+A/
const HOME = '\x1b[H'

/** What Ink takes for standard output. It never hears of a new size: the screen mounts anew instead. */
class InkOutput extends EventEmitter {
  readonly isTTY = true
  readonly #terminal: Terminal
  readonly #resolve: (drawn: string) => string
  #cut = false

  constructor(terminal: Terminal, resolve: (drawn: string) => string) {
    super()
    this.#terminal = terminal
    this.#resolve = resolve
  }

  /** Ink lays out a character for each column, used or not; it is given lines that are laid out already, or what stands in for them. */
  readonly columns = 1

  get rows(): number {
    return this.#terminal.rows
  }

  write(text: string): boolean {
    if (!this.#cut) this.#terminal.write(this.#resolve(text.replace(UP, HOME)))
    return true
  }

  cut(): void {
    this.#cut = true
  }
}

/** Whether the terminal's foreground process group is ours: fields 5 and 8 of proc(5)'s stat, after the name in brackets. */
function inForeground(): boolean {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return fields[2] === fields[5]
}

/** Node makes writes to a terminal wait for it; there is no public way to say otherwise. */
function setBlocking(stream: NodeJS.WriteStream, on: boolean): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (on: boolean) => void } }
  handle?.setBlocking?.(on)
}
