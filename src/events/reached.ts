import type { RunState } from './fold.ts'

/** How far a host got in the last play it was in, if nothing went wrong on it. */
export type Reached = 'end' | 'stopped' | 'not begun'

/**
 * Tells it for each host of a run. The end is reached with the last step, and by hosts whose batch was done as planned: a step that runs once
 * for all leaves no result with the others.
 */
export function reached({ hosts, plays }: RunState): (host: string) => Reached {
  const lastPlay = new Map(plays.flatMap((play) => play.hosts.map((host) => [host, play] as const)))
  const through = new Map(plays.map((play) => [play, new Set(play.through)]))
  return (name) => {
    const play = lastPlay.get(name)
    // `delegate_to` may bring in a host that is in no play.
    if (!play || through.get(play)?.has(name)) return 'end'
    const { status, current } = hosts.get(name) ?? {}
    if (current?.play !== play.play) return 'not begun'
    return status === 'idle' && current.step === play.steps.length - 1 ? 'end' : 'stopped'
  }
}
