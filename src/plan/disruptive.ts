import type { RawMap } from '../expression/values.ts'
import type { PlaybookTask } from '../playbook/types.ts'
import type { Disruption } from '../tasks/contract.ts'
import { authoredArgs } from './authored-args.ts'
import type { PlannedPlaybook } from './playbooks.ts'

/** A step before which a person is asked. */
export interface DisruptiveStep extends Disruption {
  readonly play: number
  readonly step: number
  readonly task: string
  /** `playbooks/upgrade.yml:12`. */
  readonly place: string
}

/** Those of the steps that will run on some host and that interrupt its service, or do what can't be taken back. */
export function disruptiveSteps(playbooks: readonly PlannedPlaybook[], extraVars: RawMap): DisruptiveStep[] {
  const plays = playbooks.flatMap((playbook) => playbook.plays)
  const setLater = new Set(plays.flatMap(({ steps }) => steps.flatMap(({ node }) => namesSet(node))))
  return plays.flatMap(({ index, play, hosts, steps }) =>
    steps.flatMap(({ index: step, node, plugin }) => {
      if (hosts.length === 0 || !plugin.disruptive) return []
      const disruption = plugin.disruptive(authoredArgs(node, play, { extraVars, setLater }))
      if (!disruption) return []
      const { source, start } = node.origin
      const place = `${source.path}:${source.position(start).line}`
      return [{ play: index, step, task: node.task, place, ...disruption }]
    }),
  )
}

/** Variables that a task sets on its host. */
function namesSet({ task, args, register, loopControl, loop }: PlaybookTask): string[] {
  return [
    ...(task === 'set_fact' ? Object.keys(args) : []),
    ...(register === undefined ? [] : [register]),
    ...(loop === undefined
      ? []
      : [loopControl?.loopVar ?? 'item', ...(loopControl?.indexVar ? [loopControl.indexVar] : [])]),
  ]
}
