import { UserError } from '../diagnostics/diagnostic.ts'
import { isTrue, render } from '../expression/index.ts'
import type { RawMap, Scope } from '../expression/values.ts'
import type { Play, Playbook, PlaybookTask } from '../playbook/types.ts'
import type { Task } from '../tasks/contract.ts'
import { type PlannedPlay, planPlay } from './plan.ts'
import type { TagSelection } from './tags.ts'

export interface PlaybooksInput {
  readonly playbooks: readonly Playbook[]
  readonly extraVars: RawMap
  readonly tags: TagSelection
  /** Hosts of a pattern, in inventory order; throws UserError for a term that matches nothing. */
  select(pattern: string): readonly string[]
  /** Hosts that `--limit` leaves; undefined: all. */
  readonly limit: ReadonlySet<string> | undefined
  plugin(name: string): Task
}

export interface PlannedPlaybook {
  readonly playbook: Playbook
  readonly plays: readonly PlannedPlay[]
}

/** All plays of all playbooks, decided before anything is connected: a wrong pattern in the last play stops the first. */
export function planPlaybooks(input: PlaybooksInput): PlannedPlaybook[] {
  let index = 0
  return input.playbooks.map((playbook) => ({
    playbook,
    plays: playbook.plays.map((play) => {
      const scope = playScope(play, input.extraVars)
      const pattern = String(render(play.hosts, scope))
      const selected = selectAt(play, () => input.select(pattern))
      const hosts = input.limit ? selected.filter((host) => input.limit?.has(host)) : selected
      return planPlay({
        index: index++,
        play,
        hosts,
        tags: input.tags,
        plugin: input.plugin,
        gathering: isTrue(render(play.gatherFacts ?? true, scope)) ? gathering(play) : undefined,
      })
    }),
  }))
}

/** What a play's own `hosts`, `name` and `gather_facts` can use: extra variables and its `vars`. */
export function playScope(play: Play, extraVars: RawMap): Scope {
  const layers = [extraVars, play.vars]
  return {
    lookup: (name) => {
      const layer = layers.find((candidate) => Object.hasOwn(candidate, name))
      return layer && { kind: 'raw', raw: layer[name] ?? null }
    },
    names: () => layers.flatMap((layer) => Object.keys(layer)),
  }
}

/** An error about a pattern gets the place of the play's `hosts`. */
function selectAt<T>(play: Play, select: () => T): T {
  try {
    return select()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(error.diagnostics.map((diagnostic) => ({ ...diagnostic, origin: play.hostsOrigin })))
  }
}

/** The step that stands before all others, as in Ansible; it travels with the first probes. */
function gathering(play: Play): PlaybookTask {
  return {
    origin: play.origin,
    name: 'Gathering Facts',
    task: 'setup',
    taskOrigin: play.origin,
    args: {},
    argOrigins: {},
    when: [],
    changedWhen: [],
    failedWhen: [],
    tags: ['always'],
    vars: {},
  }
}
