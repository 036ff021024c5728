import type { Probe, Task } from '../contract.ts'
import { HOST } from './layout.ts'
import { BEGUN, RESUME, UNFINISHED } from './transaction/unfinished.ts'

export interface BegunFacts {
  /** A transaction was begun here and not completed: the system that runs is half-replaced. */
  readonly unfinished?: boolean | undefined
}

export const begunProbe: Probe<BegunFacts> = {
  id: 'upgrade-push/begun',
  script: `${UNFINISHED}
if unfinished; then echo unfinished; fi`,
  // Of what it looks at, only these are written by a transaction: that a plan is frozen anew makes no host half-replaced.
  reads: [`path:${HOST.changed}`, `path:${HOST.result}`],
  parse: ({ stdout }) => ({ unfinished: stdout.trim() === 'unfinished' }),
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the task, its own functions know its types
type AnyTask = Task<any, any, any, any>

const FACT = 'begun'

/**
 * The task, but it changes nothing on a half-replaced host whose old kernel was booted by hand: container, image, plan, boot files and entry
 * are what the recovery entry completes the transaction with.
 */
export function unlessHalfReplaced(task: AnyTask): AnyTask {
  return {
    ...task,
    probes: (args, local) => ({ ...task.probes(args, local), [FACT]: begunProbe }),
    check(input) {
      const { [FACT]: fact, ...facts } = input.facts as { readonly [FACT]: BegunFacts }
      const verdict = task.check({ ...input, facts })
      return verdict.kind === 'change' && fact.unfinished ? { kind: 'refuse', reason: BEGUN, remedy: RESUME } : verdict
    },
  }
}
