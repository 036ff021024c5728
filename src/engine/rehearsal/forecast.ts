import type { Mode } from '../../events/types.ts'
import type { PlannedPlay, Step } from '../../plan/plan.ts'
import { segments } from '../../plan/segments.ts'
import { ON_CONTROLLER } from './controller-step.ts'
import { ownName } from './profile.ts'
import { fateOf, type Stage } from './stage.ts'

/**
 * How long the plays will take, in simulated seconds, as far as it can be told before they begin: `when`, loops, brakes and the operator are
 * left out of it. Every host's fate is drawn as the run will draw it.
 */
export function forecast(
  plays: readonly PlannedPlay[],
  stage: Pick<Stage, 'profile' | 'seed'>,
  { forks, mode }: { forks: number; mode: Mode },
): number {
  const lost = new Set<string>()
  let seconds = 0
  for (const play of plays) {
    for (const batch of play.batches) {
      for (const segment of segments(play.steps, play.play, mode)) {
        const busy = batch.filter((host) => !lost.has(host)).map((host) => turn(play, segment, host))
        seconds += together(busy, forks)
      }
    }
  }
  return seconds

  function turn(play: PlannedPlay, segment: readonly Step[], host: string): number {
    let spent = 0
    for (const { index, node, plugin } of segment) {
      if (ON_CONTROLLER.has(ownName(node.task))) continue
      const name = typeof node.name === 'string' ? node.name : node.task
      const acts = mode === 'apply' && (plugin.apply !== undefined || plugin.compile !== undefined)
      const role = { host, play: play.index, step: index, name, task: node.task, item: 0, attempt: 0 }
      const fate = fateOf(stage, role, acts)
      spent += fate.seconds
      if (fate.end === 'ok' || fate.end === 'changed') continue
      lost.add(host)
      break
    }
    return spent
  }
}

/** All of them, so many at a time: each takes the place that is free first. */
function together(busy: readonly number[], forks: number): number {
  const places = new Array<number>(Math.min(forks, busy.length)).fill(0)
  for (const seconds of busy) {
    let first = 0
    for (let i = 1; i < places.length; i++) if ((places[i] as number) < (places[first] as number)) first = i
    places[first] = (places[first] as number) + seconds
  }
  return Math.max(0, ...places)
}
