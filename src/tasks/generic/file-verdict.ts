import type { ValueMap } from '../../expression/values.ts'
import type { Diff, Verdict } from '../contract.ts'
import { attributeChange, describe, isEmpty, nameOf, type Wanted } from './attributes.ts'
import type { FileSpec } from './file-apply.ts'
import type { FileArgs } from './file-args.ts'
import { showMode } from './mode.ts'
import type { OwnerFacts } from './owner.ts'
import type { PathFacts } from './path-probe.ts'
import type { TreeFacts } from './recurse-probe.ts'
import type { Stat } from './stat.ts'

export interface FileFacts extends OwnerFacts {
  readonly at: PathFacts
  readonly source?: PathFacts
  readonly tree?: TreeFacts
}

export interface FileCase {
  readonly args: FileArgs
  readonly path: string
  readonly facts: FileFacts
  readonly wanted: Wanted
}

/** The path or, where links are followed, what it leads to. */
export function effective({ args, facts: { at } }: FileCase): Stat | undefined {
  return at.link && args.follow ? at.link.stat : at.stat
}

/** ok, or a change of mode, owner and group alone. */
export function attributesOnly(given: FileCase, stat: Stat): Verdict<FileSpec> {
  const { path, args, facts, wanted } = given
  const onLink = stat.type === 'link'
  if (onLink && wanted.mode !== undefined) {
    return {
      kind: 'refuse',
      reason: `${path} is a symbolic link, which has no mode of its own`,
      remedy: 'leave mode out, or follow: true',
    }
  }
  const change = attributeChange(stat, wanted)
  const result = describeResult(path, stat)
  if (isEmpty(change)) return { kind: 'ok', summary: `${path} is as it should be`, result }
  const after = changed(stat, change, given)
  const real = args.follow ? facts.at.link?.real : undefined
  return {
    kind: 'change',
    summary: `sets ${named(change)} of ${path}`,
    diff: [attributeDiff(path, describe(stat), describe(after))],
    touches: [`path:${path}`, ...(real === undefined ? [] : [`path:${real}` as const])],
    spec: { do: 'attributes', path, change, onLink },
    result: describeResult(path, after),
  }
}

/** The same thing after a change, under the names that the author used. */
export function changed(
  stat: Stat,
  { bits, uid, gid }: { bits?: number | undefined; uid?: number | undefined; gid?: number | undefined },
  { args }: Pick<FileCase, 'args'>,
): Stat {
  return {
    ...stat,
    bits: bits ?? stat.bits,
    ...(uid === undefined ? {} : { uid, user: String(args.owner) }),
    ...(gid === undefined ? {} : { gid, group: String(args.group) }),
  }
}

/** What `register` sees, under Ansible's names. */
export function describeResult(path: string, stat: Stat): ValueMap {
  return {
    path,
    state: stat.type,
    mode: showMode(stat.bits),
    uid: stat.uid,
    gid: stat.gid,
    owner: nameOf(stat.user, stat.uid),
    group: nameOf(stat.group, stat.gid),
    size: stat.size,
  }
}

export function attributeDiff(path: string, before: string, after: string): Diff {
  return { kind: 'text', path, before, after }
}

function named({
  bits,
  uid,
  gid,
}: {
  bits?: number | undefined
  uid?: number | undefined
  gid?: number | undefined
}): string {
  const parts = [
    bits === undefined ? '' : `mode ${showMode(bits)}`,
    uid === undefined ? '' : 'owner',
    gid === undefined ? '' : 'group',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** Why nothing can be made at a path: no directory to put it into. */
export function noPlace(path: string, { missingParents, blockedBy }: PathFacts): Verdict<never> | undefined {
  if (blockedBy !== undefined)
    return { kind: 'refuse', reason: `${blockedBy} is not a directory, so ${path} cannot be below it` }
  const missing = missingParents.at(-1)
  if (missing === undefined) return undefined
  return {
    kind: 'refuse',
    reason: `the directory ${missing} does not exist`,
    remedy: `make it first: file: path=${missing} state=directory`,
  }
}
