import { counted } from '../../diagnostics/counted.ts'
import type { EventSink, RunEvent } from '../../events/types.ts'
import type { Output } from '../../render/output.ts'

const EVERY_MS = 200

/** One line that says how far the check of a plan is: rewritten in place on a terminal, told once elsewhere. */
export class CheckProgress {
  readonly #out: Output
  readonly #hosts: number
  readonly #now: () => number
  readonly #looked = new Set<string>()
  #last = 0
  #told = -Number.MAX_VALUE
  #open = false

  constructor(out: Output, hosts: number, now: () => number = () => performance.now()) {
    this.#out = out
    this.#hosts = hosts
    this.#now = now
    if (!out.isTTY) out.write(`Making the plan: a check of ${counted(hosts, 'host')}, which writes nothing\n`)
  }

  readonly sink: EventSink = (event) => {
    this.#count(event)
    if (!this.#out.isTTY || this.#now() - this.#told < EVERY_MS) return
    this.#told = this.#now()
    this.#open = true
    this.#out.write(
      `\r\x1b[KMaking the plan (nothing is written): ${this.#looked.size} of ${counted(this.#hosts, 'host')} looked at`,
    )
  }

  /** Clears the line. */
  close(): void {
    if (this.#open) this.#out.write('\r\x1b[K')
    this.#open = false
  }

  /** A host is looked at when its last step is told, or when it takes part no longer. */
  #count(event: RunEvent): void {
    if (event.type === 'play_started') this.#last = event.steps.length - 1
    if (event.type !== 'host_result' || event.item) return
    const gone = ['failed', 'refused', 'unreachable', 'overdue'].includes(event.status) && !event.ignored
    if (gone || event.step === this.#last) this.#looked.add(event.host)
  }
}
