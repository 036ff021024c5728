import type { Play, PlaybookTask } from '../playbook/types.ts'
import type { Task } from '../tasks/contract.ts'
import { batches } from './serial.ts'
import { runsWithTags, type TagSelection } from './tags.ts'

/** A task of a play that will run, with its plugin. */
export interface Step {
  /** Position among the play's selected steps; counts from 0. */
  readonly index: number
  /** What people are shown: selected tasks count from 1; 0 is the gathering of facts. */
  readonly number: number
  readonly node: PlaybookTask
  readonly plugin: Task
}

export interface PlannedPlay {
  readonly index: number
  readonly play: Play
  readonly hosts: readonly string[]
  readonly batches: readonly (readonly string[])[]
  readonly steps: readonly Step[]
}

export interface PlanInput {
  readonly index: number
  readonly play: Play
  /** Hosts of the play's pattern that are within the limit, in inventory order. */
  readonly hosts: readonly string[]
  readonly tags: TagSelection
  plugin(name: string): Task
  /** The step put before all others when facts are gathered. */
  readonly gathering?: PlaybookTask | undefined
}

/** What a play does to whom, in which order. Pure. */
export function planPlay({ index, play, hosts, tags, plugin, gathering }: PlanInput): PlannedPlay {
  const nodes = play.tasks.filter((node) => runsWithTags(node.tags, tags))
  // Facts for a play of which no task runs would be work for nothing.
  const all = gathering && nodes.length > 0 ? [gathering, ...nodes] : nodes
  const first = all.length > nodes.length ? 0 : 1
  const steps = all.map((node, position) => ({
    index: position,
    number: position + first,
    node,
    plugin: plugin(node.task),
  }))
  return { index, play, hosts, batches: batches(hosts, play.serial), steps }
}
