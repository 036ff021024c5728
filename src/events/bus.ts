import { Redactor } from './redactor.ts'
import type { EventBody, EventSink, RunEvent } from './types.ts'

/** Fields that name things of the run; they hold no secret, and readers tell events apart by them. */
const STRUCTURE = new Set(['type', 'status', 'mode', 'outcome', 'host', 'hosts', 'remaining', 'recap', 'task'])

/** The one stream of a run: numbers, stamps and redacts each event, then hands it to the sinks in order, synchronously. */
export class EventBus {
  readonly run: string
  readonly redactor: Redactor
  readonly #now: () => Date
  readonly #mark: { readonly rehearsal?: true }
  readonly #sinks: EventSink[] = []
  #seq = 0

  /** `rehearsal`: says so in every event. */
  constructor(options: { run: string; redactor?: Redactor; now?: () => Date; rehearsal?: boolean }) {
    this.run = options.run
    this.redactor = options.redactor ?? new Redactor()
    this.#now = options.now ?? (() => new Date())
    this.#mark = options.rehearsal ? { rehearsal: true } : {}
  }

  add(sink: EventSink): void {
    this.#sinks.push(sink)
  }

  /**
   * Returns the event as the sinks saw it. A sink that throws is dropped and a warning says so to the others:
   * a fault in the display must not stop the work on hosts half-way.
   */
  emit(body: EventBody): RunEvent {
    const redacted = this.redactor.value(body, STRUCTURE)
    const stamp = { v: 1, seq: ++this.#seq, t: this.#now().toISOString(), run: this.run } as const
    // The words of `run_started` take the mark's place.
    const event = { ...stamp, ...this.#mark, ...redacted } as RunEvent
    let broken: { sink: EventSink; error: unknown } | undefined
    for (const sink of this.#sinks) {
      try {
        sink(event)
      } catch (error) {
        broken ??= { sink, error }
      }
    }
    if (broken) {
      this.#sinks.splice(this.#sinks.indexOf(broken.sink), 1)
      const cause = broken.error instanceof Error ? broken.error.message : String(broken.error)
      this.emit({ type: 'warning', message: `an output of this run failed and was switched off: ${cause}` })
    }
    return event
  }
}
