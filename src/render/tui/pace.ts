import type { RunEvent, Status } from '../../events/types.ts'

/** A frame every eighth of a second, at most. */
export const FPS = 8
const FRAME_MS = 1000 / FPS
/** Frames are so far apart that drawing takes at most this part of the time: the run needs the rest, and so do its connections. */
const SHARE = 0.04
/** And no further than this. Also how far apart they are while nobody looks closely. */
const SLOWEST_MS = 1000
/** So long after a key, and after the start, somebody looks closely. */
const ATTENDED_MS = 5000
/** What comes by the thousand and can wait for its second. */
const ROUTINE: ReadonlySet<RunEvent['type']> = new Set([
  'progress',
  'phase',
  'image_log',
  'intent',
  'outcome',
  'task_started',
])
const WELL: ReadonlySet<Status> = new Set(['ok', 'changed', 'deferred', 'skipped'])

/**
 * When frames are drawn. A run that waits for its hosts takes next to no CPU, so that eight frames a second would be most of all that
 * it takes: one a second is enough for news of everyday, and what went wrong or was asked for comes at once.
 */
export class Pace {
  readonly #now: () => number
  /** `lively`: every event is worth a frame of its own (a replay, which has no run to save CPU for). */
  readonly #lively: boolean
  #attended: number
  #costMs = 0

  /** `now`: milliseconds of any clock that only goes forward. */
  constructor(lively: boolean, now: () => number = () => performance.now()) {
    this.#lively = lively
    this.#now = now
    this.#attended = now()
  }

  pressed(): void {
    this.#attended = this.#now()
  }

  /** A frame was drawn, and took so long. */
  drew(milliseconds: number): void {
    this.#costMs = milliseconds
  }

  /** Milliseconds until what the event changed is to be drawn. */
  until(event: RunEvent): number {
    const closely = this.#lively || this.#now() - this.#attended < ATTENDED_MS
    return closely || !isRoutine(event) ? Math.min(SLOWEST_MS, Math.max(FRAME_MS, this.#costMs / SHARE)) : SLOWEST_MS
  }
}

function isRoutine(event: RunEvent): boolean {
  if (event.type !== 'host_result') return ROUTINE.has(event.type)
  return WELL.has(event.status)
}
