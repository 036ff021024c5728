import { holds } from '../expression/index.ts'
import type { ValueMap } from '../expression/values.ts'
import type { PlaybookTask } from '../playbook/types.ts'
import { failed } from './outcomes.ts'
import type { Prepared } from './prepare.ts'
import { failureOf } from './remote-failure.ts'
import type { LayeredScope } from './scope.ts'
import type { UnitOutcome } from './step-run.ts'

/** Lets `failed_when` and `changed_when` have the last word about a unit that ran. Throws UserError or PendingValue. */
export function conditionsOn(node: PlaybookTask, names: LayeredScope, outcome: UnitOutcome): UnitOutcome {
  if (node.failedWhen.length === 0 && node.changedWhen.length === 0) return outcome
  if (outcome.interrupted || !['ok', 'changed', 'failed'].includes(outcome.status)) return outcome
  const result: ValueMap = outcome.result ?? {}
  const scope = names.with(node.register === undefined ? {} : { [node.register]: result })
  const all = (conditions: typeof node.failedWhen): boolean => conditions.every((condition) => holds(condition, scope))
  let status = outcome.status
  if (node.failedWhen.length > 0) {
    if (all(node.failedWhen)) {
      return {
        ...outcome,
        status: 'failed',
        message: `failed_when: ${node.failedWhen.map((condition) => condition.text).join(' and ')}`,
        result: { ...result, failed: true, failed_when_result: true },
      }
    }
    if (status === 'failed') status = result.changed === true ? 'changed' : 'ok'
  }
  if (node.changedWhen.length > 0 && status !== 'failed') status = all(node.changedWhen) ? 'changed' : 'ok'
  const { message, remedy, ...rest } = outcome
  const healed = outcome.status === 'failed' && status !== 'failed'
  return {
    ...rest,
    ...(healed ? {} : { message, remedy }),
    status,
    result: { ...result, changed: status === 'changed', failed: status === 'failed' },
  }
}

/** The same; conditions that can't be evaluated are a failure of their own. */
export function judged(prepared: Prepared, outcome: UnitOutcome): UnitOutcome {
  try {
    return conditionsOn(prepared.unit.step.node, prepared.scope, outcome)
  } catch (error) {
    return failed(failureOf(error))
  }
}
