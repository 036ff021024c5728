import type { RunEvent, StepRef } from '../events/types.ts'
import { visible } from '../events/visible.ts'

/** With at most so many hosts at work each has its own lines; with more, one line tells of all. */
const SINGLE_HOSTS = 5
const HOST_EVERY_MS = 5_000
const SUMMARY_EVERY_MS = 10_000
/** While hosts are offline for their upgrade nobody else can tell that they still work. */
const PHASE_EVERY_MS = 3_000
const PHASE_SUMMARY_EVERY_MS = 5_000
/** No silence longer than this while something runs. */
const SILENCE_MS = 30_000

interface Busy {
  since: number
  /** The step that it does; others, sent along in the same round trip, wait on the host for it. */
  step: number
  readonly sent: number[]
  last: string
  /** Of an upgrade. */
  phase: string | undefined
  /** When a line of it was last shown; at first, when it began: what takes under five seconds shows none. */
  shown: number
}

/** Lines about steps that take long: throttled, so that a fleet's output stays readable, and never silent for long. */
export class LiveProgress {
  readonly #now: () => number
  readonly #write: (line: string) => void
  readonly #pace: number
  readonly #busy = new Map<string, Busy>()
  #spoke: number
  #nameOf: (step: number) => string = String

  /** `pace`: how many times as fast as the reader's own the clock goes; no more lines are shown to him for that. */
  constructor(options: { now: () => number; write: (line: string) => void; pace?: number }) {
    this.#now = options.now
    this.#pace = options.pace ?? 1
    this.#write = options.write
    this.#spoke = options.now()
  }

  /** A new batch: how its steps are called. */
  begin(nameOf: (step: number) => string): void {
    this.#busy.clear()
    this.#nameOf = nameOf
  }

  /** Something else was printed: no silence. */
  spoken(): void {
    this.#spoke = this.#now()
  }

  /** A change is sent to a host, which begins it once what was sent before is done. */
  started({ host, step }: { host: string } & StepRef): void {
    const busy = this.#busy.get(host)
    if (!busy) this.#begin(host, step, [])
    else if (busy.step !== step && !busy.sent.includes(step)) busy.sent.push(step)
  }

  line(event: { host: string; line: string } & StepRef): void {
    const busy = this.#at(event)
    busy.last = visible(event.line, 200)
    this.#show(event.host, busy, HOST_EVERY_MS, SUMMARY_EVERY_MS)
  }

  /** Where a host is in its upgrade. A new phase, or one that is overdue, is shown at once where each host has its own lines. */
  phase(event: Extract<RunEvent, { type: 'phase' }>): void {
    const busy = this.#at(event)
    const named = event.state === 'overdue' ? `${event.phase}, overdue` : event.phase
    const changed = busy.phase !== named
    busy.phase = visible(named, 60)
    busy.last = phaseText(event)
    this.#show(event.host, busy, changed || event.state === 'done' ? 0 : PHASE_EVERY_MS, PHASE_SUMMARY_EVERY_MS)
  }

  #show(host: string, busy: Busy, every: number, summaryEvery: number): void {
    const now = this.#now()
    if (this.#busy.size > SINGLE_HOSTS) {
      if (now - this.#spoke >= summaryEvery * this.#pace) this.#summary()
    } else if (now - busy.shown >= every * this.#pace) {
      busy.shown = now
      this.#say(`  [${visible(host)}] ${this.#nameOf(busy.step)} ${seconds(now - busy.since)}: ${busy.last}`)
    }
  }

  /** A step's end, in whatever way. `lost`: nothing that was sent after it is done any more. */
  done({ host, step }: { host: string } & StepRef, lost: boolean): void {
    const busy = this.#busy.get(host)
    if (!busy) return
    const left = lost ? [] : [busy.step, ...busy.sent].filter((one) => one !== step)
    const [next, ...sent] = left
    if (next === undefined) this.#busy.delete(host)
    else if (next !== busy.step) this.#begin(host, next, sent)
    else busy.sent.splice(0, Number.POSITIVE_INFINITY, ...sent)
  }

  /** What a host says is of the step that it does. */
  #at({ host, step }: { host: string } & StepRef): Busy {
    const busy = this.#busy.get(host)
    return busy?.step === step ? busy : this.#begin(host, step, busy?.sent.filter((one) => one !== step) ?? [])
  }

  #begin(host: string, step: number, sent: number[]): Busy {
    const now = this.#now()
    const busy = { since: now, step, sent, last: '', phase: undefined, shown: now }
    this.#busy.set(host, busy)
    return busy
  }

  /** Called every few seconds. `waiting`: hosts that the step in front still waits for. */
  tick(waiting: readonly string[], front: number | undefined): void {
    if (this.#now() - this.#spoke < SILENCE_MS * this.#pace) return
    if (this.#busy.size > 0) this.#summary()
    else if (waiting.length > 0 && front !== undefined) {
      const names = waiting.slice(0, 3).map((host) => visible(host))
      const more = waiting.length > 3 ? ` and ${waiting.length - 3} more` : ''
      this.#say(`  ${this.#nameOf(front)}: waiting for ${names.join(', ')}${more}`)
    }
  }

  /** One line for each step at work: how many hosts, which is the slowest, what it said last. */
  #summary(): void {
    const now = this.#now()
    const steps = [...new Set([...this.#busy.values()].map(({ step }) => step))].sort((a, b) => a - b)
    for (const step of steps) {
      const hosts = [...this.#busy].filter(([, busy]) => busy.step === step)
      const [host, longest] = hosts.reduce((a, b) => (b[1].since < a[1].since ? b : a))
      const last = longest.last === '' ? '' : `: ${longest.last}`
      const phases = byPhase(hosts.map(([, busy]) => busy))
      this.#say(
        `  ${this.#nameOf(step)}: ${hosts.length} running${phases}, longest ${visible(host)} ${seconds(now - longest.since)}${last}`,
      )
    }
  }

  #say(line: string): void {
    this.#write(line)
    this.spoken()
  }
}

/** `transaction 212/1480, 63 s: Installing glibc` */
function phaseText({ phase, state, n, of, seconds: spent, text }: Extract<RunEvent, { type: 'phase' }>): string {
  const count = n === undefined ? '' : ` ${n}${of === undefined ? '' : `/${of}`}`
  const how = state === 'running' ? '' : ` ${state}`
  return visible(`${phase}${how}${count}, ${seconds(spent * 1000)}${text === undefined ? '' : `: ${text}`}`, 200)
}

/** ` (150 transaction, 12 initramfs-boot)`; nothing where no host is in an upgrade. */
function byPhase(hosts: readonly Busy[]): string {
  const counts = new Map<string, number>()
  for (const { phase } of hosts) if (phase !== undefined) counts.set(phase, (counts.get(phase) ?? 0) + 1)
  if (counts.size === 0) return ''
  return ` (${[...counts].map(([phase, count]) => `${count} ${phase}`).join(', ')})`
}

function seconds(ms: number): string {
  const all = Math.round(ms / 1000)
  return all < 120 ? `${all} s` : `${Math.floor(all / 60)} min ${all % 60} s`
}
