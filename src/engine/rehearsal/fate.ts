import { MISHAPS, type MishapName, type Seconds, type TaskProfile, type Words } from './profile.ts'
import { type Draw, oneOf, spreadAround } from './random.ts'

/** How long an overdue host is waited for, and one to which no connection comes about. Seconds; the defaults of the real ones. */
export const PATIENCE_S = 7200
const CONNECT_S = 20

/** What a host does in one step: drawn before it begins, so that it can be told how long a whole rehearsal will be. */
export interface Fate {
  readonly end: MishapName | 'ok' | 'changed'
  /** All of the step, in simulated seconds. */
  readonly seconds: number
  /** The part of it before the step decides what to do. */
  readonly looking: number
  /** How far a step comes that fails, 0 to 1; 1 for all others. */
  readonly reach: number
  readonly words: Words | undefined
}

/** `acts`: the step is one that can change something, and this is no check. */
export function drawFate(profile: TaskProfile, acts: boolean, draw: Draw): Fate {
  // Each step draws the same numbers whatever comes of it: a rate that is changed changes no other host.
  const chance = draw()
  const somethingToDo = draw() < profile.changed
  const looking = secondsOf(profile.look, draw)
  const whole = secondsOf(profile.seconds, draw)
  const reach = 0.1 + 0.9 * draw()
  const wordsOf = (words: readonly Words[]) => filledIn(oneOf(words, draw), draw)
  let below = 0
  for (const name of MISHAPS) {
    const mishap = profile.mishaps[name]
    if (!mishap || (!acts && (name === 'failed' || name === 'overdue'))) continue
    below += mishap.rate
    if (chance >= below) continue
    const words = wordsOf(mishap.words)
    if (name === 'unreachable') return { end: name, seconds: CONNECT_S, looking: CONNECT_S, reach: 1, words }
    if (name === 'refused') return { end: name, seconds: looking, looking, reach: 1, words }
    const waited = name === 'overdue' ? PATIENCE_S : 0
    return { end: name, seconds: looking + whole * reach + waited, looking, reach, words }
  }
  const words = wordsOf(profile.says.map((message) => ({ message })))
  if (!somethingToDo) return { end: 'ok', seconds: looking, looking, reach: 1, words }
  return { end: 'changed', seconds: acts ? looking + whole : looking, looking, reach: 1, words }
}

function secondsOf(seconds: Seconds, draw: Draw): number {
  return 'seen' in seconds ? (oneOf(seconds.seen, draw) ?? 0) : spreadAround(seconds.median, seconds.spread, draw)
}

const RANGE = /\{(\d{1,9})-(\d{1,9})\}/g

function filledIn(words: Words | undefined, draw: Draw): Words | undefined {
  if (!words) return undefined
  const message = words.message.replace(RANGE, (_, from: string, to: string) =>
    String(Number(from) + Math.floor(draw() * (Number(to) - Number(from) + 1))),
  )
  return { ...words, message }
}
