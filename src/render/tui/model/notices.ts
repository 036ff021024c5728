import type { SteeringCommand } from '../../../events/commands.ts'
import type { RunEvent } from '../../../events/types.ts'
import { clean } from './clean.ts'
import type { Notice } from './run-views.ts'

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

/** Messages leave the screen after so long of the reader's time, but for why the run is being stopped. */
const SHOWN_MS = 20_000

/** What the run said last. Times are those of the events. */
export class Notices {
  #passing: Notice | undefined
  /** Why the run is being stopped: it comes back when what was said after it has passed. */
  #alarm: Notice | undefined
  /** The last command that was accepted from another shell: what comes of it follows in an event of its own. */
  #asked: SteeringCommand['command'] | undefined
  readonly #elsewhere: string

  /** `attached`: the run is another process's, and what this screen asks of it comes from a shell as well. */
  constructor(attached: boolean) {
    this.#elsewhere = attached ? '' : 'from another shell: '
  }

  say(text: string, at: number, bad = false): void {
    this.#passing = { text: clean(text, 1000), bad, at }
  }

  brake({ reason }: Of<'brake'>, at: number): void {
    this.#alarmed(`STOPPED by a brake: ${reason}`, at)
  }

  interrupt({ message }: Of<'interrupt'>, at: number): void {
    this.#alarmed(`${this.#whoAsked('abort', 'abort-now')}${message}`, at)
  }

  /** Who pressed a key of this screen knows what was asked for; of another shell it has to be told. */
  steering({ by, command, host, accepted, message }: Of<'steering'>, at: number): void {
    this.#asked = by !== 'key' && accepted ? command : undefined
    const what = `${host === undefined ? command : `${command} ${host}`}${accepted ? '' : ' refused'}`
    this.say(by === 'key' ? message : `${this.#elsewhere}${what}: ${message}`, at, !accepted)
  }

  paused({ paused, message }: Of<'paused'>, at: number): void {
    const who = paused ? this.#whoAsked('pause') : this.#whoAsked('resume', 'next')
    this.say(`${who}${message}`, at)
  }

  /** All of it advised on a run that goes on. */
  clear(): void {
    this.#passing = undefined
    this.#alarm = undefined
  }

  /**
   * The latest of what the run said and of the answer to the last key, as long as it is to be seen. `pace`: how many times as fast as the
   * reader's time that of the events goes; in a rehearsal an hour of it is over in seconds.
   */
  latest(now: number, answer: Notice | undefined, pace: number): Notice | undefined {
    const fresh = (one: Notice | undefined) => (one && now - one.at < SHOWN_MS * pace ? one : undefined)
    let last: Notice | undefined
    for (const one of [fresh(this.#passing), this.#alarm, fresh(answer)]) {
      if (one && (!last || one.at >= last.at)) last = one
    }
    return last
  }

  #alarmed(text: string, at: number): void {
    this.#alarm = { text: clean(text, 1000), bad: true, at }
  }

  #whoAsked(...commands: readonly SteeringCommand['command'][]): string {
    const asked = this.#asked
    this.#asked = undefined
    return asked !== undefined && commands.includes(asked) ? `${this.#elsewhere}${asked}: ` : ''
  }
}
