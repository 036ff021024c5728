import { type Diagnostic, UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { parseExpression } from '../expression/index.ts'
import { ExpressionText, type Raw, type RawMap, TemplateText } from '../expression/values.ts'
import { plainValue } from '../expression/yaml/plain.ts'
import { at, diagnose } from './arg-issues.ts'
import { argNames } from './arg-names.ts'
import { type ArgOrigins, nearest } from './args.ts'
import type { CatalogTask } from './types.ts'

/** Arguments as they stand in a playbook. */
export interface AuthoredArgs {
  readonly values: RawMap
  readonly origins: ArgOrigins
  readonly keyOrigins: ArgOrigins
  /** Keys given as `key=value`, where everything is text: each is typed as the schema wants it. */
  readonly untyped: ReadonlySet<string>
}

/** Checks what can be checked before any template is rendered: all keys, all values without templates, the syntax of expressions. */
export function checkArgs(
  task: CatalogTask,
  args: AuthoredArgs,
  taskOrigin: Origin,
): { readonly values: RawMap; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const expressions = new Set(task.expressions ?? [])
  const stand: { [key: string]: unknown } = { ...args.values }
  for (const key of expressions) {
    if (stand[key] !== undefined) stand[key] = checkExpression(args.values[key] as Raw, [key], args, diagnostics)
  }
  let issues = issuesOf(task, stand)
  const retyped = retype(issues, args)
  if (retyped) {
    Object.assign(stand, retyped)
    issues = issuesOf(task, stand)
  }
  for (const issue of issues) {
    diagnostics.push(
      ...diagnose(issue, {
        task: task.name,
        values: stand,
        names: argNames(task.args),
        authored: true,
        value: (path) => nearest(args.origins, path) ?? taskOrigin,
        key: (path) => nearest(args.keyOrigins, path) ?? taskOrigin,
      }),
    )
  }
  return { values: retyped ? { ...args.values, ...retyped } : args.values, diagnostics }
}

/** What the schema says, without what depends on templates. */
function issuesOf(task: CatalogTask, values: { readonly [key: string]: unknown }) {
  const templates = holdsTemplate(values)
  try {
    const issues = task.args.safeParse(values).error?.issues ?? []
    return templates ? issues.filter((issue) => !dependsOnTemplate(issue, values)) : issues
  } catch (error) {
    // A transform that can't take a template standing in for its value: the rendered value will be checked.
    if (templates) return []
    throw error
  }
}

function dependsOnTemplate({ code, path }: { code: string; path: readonly PropertyKey[] }, values: unknown): boolean {
  for (let length = 0; length <= path.length; length++) {
    if (at(values, path.slice(0, length)) instanceof TemplateText) return true
  }
  return code !== 'unrecognized_keys' && holdsTemplate(at(values, path))
}

function holdsTemplate(value: unknown): boolean {
  if (value instanceof TemplateText) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate)
}

/** The engine hands a task `{ expression, value }`; before there is a value, any will do. */
function checkExpression(
  raw: Raw,
  path: readonly (string | number)[],
  args: AuthoredArgs,
  diagnostics: Diagnostic[],
): unknown {
  if (Array.isArray(raw)) return raw.map((part: Raw, i) => checkExpression(part, [...path, i], args, diagnostics))
  if (raw instanceof TemplateText) return raw
  if (typeof raw === 'object' && raw !== null) return raw
  const origin = nearest(args.origins, path)
  if (typeof raw === 'string' && origin) {
    try {
      parseExpression(new ExpressionText(raw, origin))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      diagnostics.push(...error.diagnostics)
    }
  }
  return { expression: String(raw), value: null }
}

/** `recurse=yes`: a text that the schema does not take is read as YAML would read it. */
function retype(issues: readonly { readonly path: readonly PropertyKey[] }[], args: AuthoredArgs): RawMap | undefined {
  const typed: { [key: string]: Raw } = {}
  for (const { path } of issues) {
    const key = String(path[0])
    const value = args.values[key]
    if (path.length === 1 && args.untyped.has(key) && typeof value === 'string') typed[key] = plainValue(value)
  }
  return Object.keys(typed).length > 0 ? typed : undefined
}
