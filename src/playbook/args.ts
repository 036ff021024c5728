import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { OMIT } from '../expression/index.ts'
import { type ArgContext, diagnose } from './arg-issues.ts'
import { argNames } from './arg-names.ts'
import type { CatalogTask } from './types.ts'

/** Places of values, by path: `src`, `files.0.src`. */
export type ArgOrigins = { readonly [path: string]: Origin }

/**
 * Rendered arguments, parsed by the task's schema; those that are `omit` are left out.
 * Throws one UserError with a diagnostic for each thing that is wrong, at the value's own place in the playbook.
 */
export function validateArgs(
  task: CatalogTask,
  values: Readonly<Record<string, unknown>>,
  origins: ArgOrigins,
  taskOrigin: Origin,
): unknown {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== OMIT))
  const result = task.args.safeParse(given)
  if (result.success) return result.data
  const locate = (path: readonly PropertyKey[]) => nearest(origins, path) ?? taskOrigin
  const names = argNames(task.args)
  const context: ArgContext = { task: task.name, values: given, names, authored: false, value: locate, key: locate }
  throw new UserError(result.error.issues.flatMap((issue) => diagnose(issue, context)))
}

/** The place of the innermost part of a path that has one. */
export function nearest(origins: ArgOrigins, path: readonly PropertyKey[]): Origin | undefined {
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).map(String).join('.')
    if (Object.hasOwn(origins, key)) return origins[key]
  }
  return undefined
}
