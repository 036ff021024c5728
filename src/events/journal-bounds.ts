import type { RunEvent } from './types.ts'

/** Of a host's step so many progress lines, and so many phase reports, are written whole; behind them one in ten, in a hundred, ... */
const WHOLE = 1000
/** Characters of a line: what a host prints by the megabyte is for its log. */
const LONGEST_LINE = 2000

/**
 * Keeps a long run from filling the disk. Only progress lines and phase reports are ever left out, and of each tenfold of them no more than
 * 900: a step that reports a million times has 3700 in the journal. The next event of the step that is written carries `omitted`, how many
 * were not. Results, intents, outcomes and all that tells of the run are never touched.
 */
export class JournalBounds {
  readonly #steps = new Map<string, { step: string; progress: number; phase: number; left: number }>()

  /** The event as it is to be written; undefined: not at all. */
  admit(event: RunEvent): RunEvent | undefined {
    if (event.type === 'progress') return this.#thinned(event, cut(event, 'line'))
    if (event.type === 'phase') return this.#thinned(event, cut(event, 'text'))
    if (event.type !== 'host_result' || event.item) return event
    const known = this.#steps.get(event.host)
    if (known?.step !== stepOf(event)) return event
    this.#steps.delete(event.host)
    return known.left === 0 ? event : { ...event, omitted: known.left }
  }

  #thinned(event: Extract<RunEvent, { type: 'progress' | 'phase' }>, short: RunEvent): RunEvent | undefined {
    const step = stepOf(event)
    let known = this.#steps.get(event.host)
    if (known?.step !== step) {
      known = { step, progress: 0, phase: 0, left: 0 }
      this.#steps.set(event.host, known)
    }
    const count = ++known[event.type]
    if (count % every(count) !== 0) {
      known.left++
      return undefined
    }
    const { left } = known
    known.left = 0
    return left === 0 ? short : { ...short, omitted: left }
  }
}

/** 1 for the first thousand, 10 up to ten thousand, and so on. */
function every(count: number): number {
  let step = 1
  while (count > WHOLE * step) step *= 10
  return step
}

function cut(event: RunEvent, field: 'line' | 'text'): RunEvent {
  const text = (event as { [name: string]: unknown })[field]
  if (typeof text !== 'string' || text.length <= LONGEST_LINE) return event
  return { ...event, [field]: `${text.slice(0, LONGEST_LINE)}... (${text.length - LONGEST_LINE} more characters)` }
}

function stepOf({ play, batch, step }: { play: number; batch: number; step: number }): string {
  return `${play}.${batch}.${step}`
}
