import type { ControlPort, SteeringCommand } from '../events/commands.ts'
import type { EventBody } from '../events/types.ts'
import { accepted, type Decided, refused } from './decided.ts'
import type { Interrupts } from './interrupts.ts'
import type { Roster } from './roster.ts'

/** What an operator's commands do to a run that is under way: the one place that knows whether hosts may begin a step. */
export class Steering {
  readonly #interrupts: Interrupts
  readonly #run: string
  readonly #emit: (event: EventBody) => void
  readonly #waiters = new Set<() => void>()
  #paused = false
  /** After `next`: the run pauses again before it begins another batch. */
  #pausesAtBatch = false
  #roster: Roster | undefined
  /** What a brake will do, as it was told to whoever wanted the paused run to go on. */
  #warned: string | undefined

  /** `run`: the run's id, for what an operator is told to type next. */
  constructor(interrupts: Interrupts, { run, emit }: { run: string; emit: (event: EventBody) => void }) {
    this.#interrupts = interrupts
    this.#run = run
    this.#emit = emit
    interrupts.onRaise(() => this.#wake())
  }

  /** Takes a command, and tells of it in an event. Outside of a run everything is refused, without one. */
  readonly port: ControlPort = (command, by) => {
    const { command: name, ...host } = command
    const roster = this.#roster
    if (!roster) return refused('no run is under way: it has not begun yet, or is over').answer
    const { answer, act } = this.#decide(command, roster)
    this.#emit({ type: 'steering', command: name, ...host, by, ...answer })
    act?.()
    return answer
  }

  /** No host may begin a step. A run that is being stopped is not paused: whoever waits goes home. */
  get paused(): boolean {
    return this.#paused && !this.#interrupts.draining
  }

  /** The run begins; from now on commands are taken. */
  begin(roster: Roster): void {
    this.#roster = roster
  }

  end(): void {
    this.#roster = undefined
  }

  /** Resolves when the run goes on or is being stopped; sooner where `left` says that the caller has nothing left to wait for. */
  async goOn(left: () => boolean = () => false): Promise<void> {
    while (this.paused && !left()) await new Promise<void>((resolve) => this.#waiters.add(resolve))
  }

  /** As `goOn`, and the place where the run pauses again after `next`. */
  async beforeBatch(): Promise<void> {
    if (this.#pausesAtBatch && !this.#interrupts.draining) {
      this.#pausesAtBatch = false
      this.#pause('the batch is over, the next one has not begun')
    }
    await this.goOn()
  }

  #decide(command: SteeringCommand, roster: Roster): Decided {
    const { level, draining } = this.#interrupts
    if (command.command === 'abort-now') {
      if (level >= 2) return refused('the running steps are being cancelled already')
      const what = `running steps are cancelled on their hosts, and none is begun${goingOn(roster.watched)}`
      return accepted(what, () => {
        while (this.#interrupts.level < 2) this.#interrupts.raise()
      })
    }
    if (draining) {
      const why = 'the run is being stopped: no host begins another step'
      return refused(command.command === 'abort' ? `${why}; abort-now cancels the running steps too` : why)
    }
    switch (command.command) {
      case 'abort':
        return accepted('nothing new is sent to a host, steps that were sent finish, then the run ends', () =>
          this.#interrupts.raise(),
        )
      case 'skip':
        return this.#woken(roster.skip(command.host))
      case 'retry':
        return this.#woken(roster.retry(command.host, { paused: this.paused, id: this.#run }))
      default:
        return this.#pace(command.command, roster)
    }
  }

  #pace(command: 'pause' | 'resume' | 'next', roster: Roster): Decided {
    if (command === 'pause') {
      if (this.#paused) return refused('the run is paused already; resume or next lets it go on')
      return accepted('hosts finish what was sent to them and get nothing new; connections stay open', () => {
        this.#pausesAtBatch = false
        this.#pause(`no host begins another step${inStep(roster.busy)}`)
      })
    }
    if (command === 'next' && !this.#paused) return refused('the run is not paused; pause it first')
    const ahead = this.#paused ? roster.brakeAhead : undefined
    if (ahead !== undefined && ahead !== this.#warned) {
      // Too late once they go on. Asked again it is meant.
      this.#warned = ahead
      return refused(`${ahead}; ${command} once more lets it`)
    }
    if (command === 'next') {
      return accepted(
        ahead ?? 'hosts go on until the end of a batch; before another one begins the run pauses again',
        () => {
          this.#pausesAtBatch = true
          this.#resume('hosts go on until the end of a batch')
        },
      )
    }
    if (this.#paused) return accepted(ahead ?? 'all hosts go on', () => this.#resume('hosts go on'))
    if (!this.#pausesAtBatch) return refused('the run is not paused')
    return accepted('the run does not pause at the end of this batch', () => {
      this.#pausesAtBatch = false
    })
  }

  /** A host that waits must see what became of it. */
  #woken({ answer, act }: Decided): Decided {
    if (!act) return { answer }
    return {
      answer,
      act: () => {
        act()
        this.#wake()
      },
    }
  }

  #pause(message: string): void {
    this.#warned = undefined
    this.#paused = true
    this.#emit({ type: 'paused', paused: true, message })
  }

  #resume(message: string): void {
    this.#paused = false
    this.#emit({ type: 'paused', paused: false, message })
    this.#wake()
  }

  #wake(): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const go of waiters) go()
  }
}

/** No command reaches a host in its upgrade image. */
function goingOn(hosts: number): string {
  if (hosts === 0) return ''
  return hosts === 1
    ? '; one host in the middle of its upgrade goes on by itself and is not watched any more'
    : `; ${hosts} hosts in the middle of their upgrade go on by themselves and are not watched any more`
}

function inStep(hosts: number): string {
  if (hosts === 0) return ''
  return hosts === 1 ? '; one is in a step and finishes it' : `; ${hosts} are in a step and finish it`
}
