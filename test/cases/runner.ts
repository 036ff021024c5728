import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ExpressionText, Value } from '../../src/expression/values.ts'
import type { Provides, Task, Verdict } from '../../src/tasks/contract.ts'

/** One situation in a `*.yml` file: what a task is asked and what its probes found, and the verdict that must follow. */
interface Case {
  /** Why the situation matters, in one sentence. */
  title: string
  /** A file beside it whose `args`, `facts`, `local` and `given` this one is laid over (maps merge, lists and scalars replace, null takes away). */
  base?: string
  args?: unknown
  facts?: unknown
  local?: unknown
  given?: Provides
  mode?: 'check' | 'apply'
  /** Values of expressions, by their text, for tasks that evaluate some. */
  expressions?: Record<string, Value>
  expect: {
    kind: Verdict<unknown>['kind']
    /** Exactly the findings, key -> severity. */
    findings?: Record<string, string>
    /** Texts that must stand somewhere in the verdict, `provides` apart: figures, names, remedies. */
    says?: string[]
    /** Texts that must not. */
    never?: string[]
    /** Parts of the verdict, as in `toMatchObject`. */
    matches?: object
  }
}

/**
 * Makes one test of each case file in `directory` (`_*.yml` are bases only); the arguments go through the task's own schema first.
 * `local` makes what `load` would return of what the file says.
 */
export function runCases(
  directory: string,
  // biome-ignore lint/suspicious/noExplicitAny: any task's types will do.
  task: Task<any, any, any, any>,
  options: { local?: (data: unknown) => unknown } = {},
): void {
  for (const name of readdirSync(directory).sort()) {
    if (!name.endsWith('.yml') || name.startsWith('_')) continue
    const situation = loadCase(join(directory, name)) as Case
    const { local = (data) => data } = options
    test(`${name}: ${situation.title}`, () => runCase(task, { ...situation, local: local(situation.local) }))
  }
}

// biome-ignore lint/suspicious/noExplicitAny: any task's types will do.
function runCase(task: Task<any, any, any, any>, situation: Case): void {
  const verdict = task.check({
    args: task.args.parse(situation.args ?? {}),
    facts: situation.facts ?? {},
    local: situation.local,
    given: situation.given ?? {},
    host: 'web1',
    mode: situation.mode ?? 'check',
    evaluate: (expression: ExpressionText) => {
      const value = situation.expressions?.[expression.text]
      if (value === undefined) throw new Error(`the case has no value for the expression "${expression.text}"`)
      return value
    },
  })
  const wanted = situation.expect
  const shown = JSON.stringify(verdict, null, 1)
  expect(verdict.kind, shown).toBe(wanted.kind)
  if (wanted.findings) {
    const found = Object.fromEntries((verdict.findings ?? []).map(({ key, severity }) => [key, severity]))
    expect(found, shown).toEqual(wanted.findings)
  }
  const texts = textsOf({ ...verdict, provides: undefined }).join('\n')
  for (const text of wanted.says ?? []) expect(texts).toContain(text)
  for (const text of wanted.never ?? []) expect(texts).not.toContain(text)
  if (wanted.matches) expect(verdict).toMatchObject(wanted.matches)
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return value && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : []
}

function loadCase(path: string): Partial<Case> {
  const own = parse(readFileSync(path, 'utf8')) as Case
  if (!own.base) return own
  const base = loadCase(join(dirname(path), own.base))
  const merged: Record<string, unknown> = { ...base, ...own }
  for (const key of ['args', 'facts', 'local', 'given', 'expressions'] as const) {
    merged[key] = overlay(base[key], own[key])
  }
  return merged
}

function overlay(base: unknown, top: unknown): unknown {
  if (top === undefined) return base
  if (!isMap(base) || !isMap(top)) return top
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(top)) {
    if (value === null) delete merged[key]
    else merged[key] = overlay(merged[key], value)
  }
  return merged
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
