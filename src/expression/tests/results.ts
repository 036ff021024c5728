import { map } from '../arguments.ts'
import type { Test, TestTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { truth } from '../python/truth.ts'
import { own } from '../python/types.ts'
import type { Value } from '../values.ts'

/** Tests of what `register` stored. */
function result(name: string, holds: (flag: (key: string) => boolean) => boolean): Test {
  return {
    run(value: Value) {
      const registered = map(value, `what "is ${name}" looks at`)
      if (
        own(registered, 'changed') === undefined &&
        own(registered, 'failed') === undefined &&
        own(registered, 'skipped') === undefined
      ) {
        throw new EvaluationError(`"is ${name}" looks at the registered result of a task, and this is none`)
      }
      return holds((key) => truth(own(registered, key) ?? false))
    },
  }
}

const succeeded = result('succeeded', (flag) => !flag('failed'))
const failed = result('failed', (flag) => flag('failed'))
const changed = result('changed', (flag) => flag('changed'))
const skipped = result('skipped', (flag) => flag('skipped'))

export const results: TestTable = {
  succeeded,
  success: succeeded,
  successful: succeeded,
  failed,
  failure: failed,
  changed,
  change: changed,
  skipped,
  skip: skipped,
  unreachable: result('unreachable', (flag) => flag('unreachable')),
  reachable: result('reachable', (flag) => !flag('unreachable')),
}
