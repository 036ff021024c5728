import { UserError } from '../diagnostics/diagnostic.ts'
import { render } from '../expression/index.ts'
import { PendingValue, type RawMap, type Scope, type Value, type ValueMap } from '../expression/values.ts'
import type { Play, PlaybookTask } from '../playbook/types.ts'
import type { AuthoredArgs } from '../tasks/contract.ts'

/** What decides beside a play's own variables. */
export interface Surroundings {
  readonly extraVars: RawMap
  /** Names that steps set while the plays run: what they were before tells nothing. */
  readonly setLater: ReadonlySet<string>
}

/**
 * A task's arguments as far as they are the same for every host: templates whose value `-e` and the variables of play and task tell are
 * rendered, all others are `templated`.
 */
export function authoredArgs(node: PlaybookTask, play: Play, around: Surroundings): AuthoredArgs {
  const scope = sharedScope([node.vars, play.vars], play.varsFiles.length > 0, around)
  const plain: Record<string, Value> = {}
  const templated: string[] = []
  for (const [name, raw] of Object.entries(node.args)) {
    try {
      // As an entry of a map, so that `omit` leaves it out.
      Object.assign(plain, render({ [name]: raw }, scope) as ValueMap)
    } catch (error) {
      if (!(error instanceof PendingValue || error instanceof UserError)) throw error
      templated.push(name)
    }
  }
  return { plain, templated }
}

/** Names that mean the same on every host; a name that could mean something else on one of them is pending. */
function sharedScope(layers: readonly RawMap[], filesDecide: boolean, { extraVars, setLater }: Surroundings): Scope {
  return {
    lookup: (name) => {
      if (name === 'omit') return undefined
      if (Object.hasOwn(extraVars, name)) return { kind: 'raw', raw: extraVars[name] ?? null }
      const layer = layers.find((candidate) => Object.hasOwn(candidate, name))
      if (!layer || filesDecide || setLater.has(name)) return { kind: 'pending', reason: 'only a host tells' }
      return { kind: 'raw', raw: layer[name] ?? null }
    },
    names: () => [extraVars, ...layers].flatMap((layer) => Object.keys(layer)),
  }
}
