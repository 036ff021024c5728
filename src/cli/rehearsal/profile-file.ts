import { type Document, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Diagnostic, UserError } from '../../diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../../diagnostics/source.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { BUILT_IN } from '../../engine/rehearsal/built-in.ts'
import { over, type Profile } from '../../engine/rehearsal/profile.ts'
import { explain } from '../../expression/yaml/document.ts'
import { profileSchema } from './profile-schema.ts'

/** Names that a profile may speak of. */
export interface Known {
  /** All task plugins. */
  readonly tasks: readonly string[]
  /** The steps of the playbooks that are rehearsed; undefined when they are not known yet. */
  readonly steps: readonly string[] | undefined
}

/** Reads a profile: what it says is laid over the built-in one. Throws UserError with every place that is wrong. */
export function parseProfile(path: string, text: string, { tasks, steps }: Known): Profile {
  const source = new SourceFile(path, text)
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true })
  const [fault] = document.errors
  if (fault) {
    throw new UserError({
      ...explain(fault.code, fault.message),
      origin: new Origin(source, fault.pos[0], fault.pos[1]),
    })
  }
  const parsed = profileSchema.safeParse(document.toJS() ?? {})
  if (!parsed.success) throw new UserError(parsed.error.issues.flatMap((issue) => diagnose(issue, document, source)))
  const unknown = (key: 'tasks' | 'names', what: string, known: readonly string[]): Diagnostic[] =>
    Object.keys(parsed.data[key])
      .filter((name) => !known.includes(name))
      .map((name) => ({
        message: `there is no ${what} "${name}"`,
        origin: keyPlace(document, source, [key, name]),
        hint: didYouMean(name, known),
      }))
  const strangers = [
    ...unknown('tasks', 'task', tasks),
    ...(steps ? unknown('names', 'step in these playbooks with the name', steps) : []),
  ]
  if (strangers.length > 0) throw new UserError(strangers)
  const others = over(BUILT_IN.others, parsed.data.others)
  const all = new Map([...BUILT_IN.tasks].map(([task, base]) => [task, over(base, parsed.data.others)]))
  for (const [task, own] of Object.entries(parsed.data.tasks)) all.set(task, over(all.get(task) ?? others, own))
  return { source: `profile ${path}`, names: new Map(Object.entries(parsed.data.names)), tasks: all, others }
}

function diagnose(issue: z.core.$ZodIssue, document: Document, source: SourceFile): Diagnostic[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      message: `${show(path)}has no key "${key}"`,
      origin: keyPlace(document, source, [...path, key]),
    }))
  }
  // Of a union the option that was meant is the one that fits on the outside.
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.filter((errors) =>
      errors.every((one) => one.path.length > 0 || one.code !== 'invalid_type'),
    )
    if (inner.length === 1) {
      return (inner[0] ?? []).flatMap((one) => diagnose({ ...one, path: [...path, ...one.path] }, document, source))
    }
  }
  return [{ message: `${show(path)}${issue.message}`, origin: place(source, nodeAt(document.contents, path)) }]
}

function show(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : `${path.map(String).join('.')}: `
}

function keyPlace(document: Document, source: SourceFile, path: readonly PropertyKey[]): Origin {
  const map = nodeAt(document.contents, path.slice(0, -1))
  const pair = isMap(map) ? map.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1)) : undefined
  return place(source, pair?.key ?? map)
}

/** The node at a path, or the nearest above it that there is. */
function nodeAt(top: unknown, path: readonly PropertyKey[]): unknown {
  let node = top
  for (const part of path) {
    const next = isMap(node) || isSeq(node) ? node.get(part, true) : undefined
    if (next === undefined || next === null) return node
    node = next
  }
  return node
}

function place(source: SourceFile, node: unknown): Origin {
  const range = (node as Node | null | undefined)?.range
  return new Origin(source, range?.[0] ?? 0, range?.[1] ?? 0)
}
