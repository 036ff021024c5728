import type { Verdict } from '../contract.ts'
import { attributeChange, describe, isEmpty, type Wanted } from './attributes.ts'
import type { FileSpec } from './file-apply.ts'
import { attributeDiff, attributesOnly, changed, describeResult, effective, type FileCase } from './file-verdict.ts'
import { showMode, wantedBits } from './mode.ts'
import type { TreeEntry, TreeFacts } from './recurse-probe.ts'
import { being } from './resources.ts'
import type { Stat } from './stat.ts'

/** Names of a tree's entries shown in a diff. */
const SHOWN = 200

/** state: directory, with its parents and, with `recurse`, all below. */
export function checkDirectory(given: FileCase): Verdict<FileSpec> {
  const { path, facts } = given
  const stat = effective(given)
  if (facts.at.blockedBy !== undefined) {
    return { kind: 'refuse', reason: `${facts.at.blockedBy} is not a directory, so ${path} cannot be below it` }
  }
  if (!facts.at.stat) return makeIt(given)
  if (stat?.type !== 'directory') {
    const what = stat ? `a ${stat.type}` : 'a symbolic link to something that does not exist'
    return { kind: 'refuse', reason: `${path} is ${what}, not a directory`, remedy: 'move it away first' }
  }
  return facts.tree ? wholeTree(given, stat, facts.tree) : attributesOnly(given, stat)
}

function makeIt({ path, facts, wanted, args }: FileCase): Verdict<FileSpec> {
  const make = [...facts.at.missingParents, path]
  const bits = wanted.mode === undefined ? 0o755 : wantedBits(wanted.mode, 0o755, true)
  const change = {
    bits,
    ...(wanted.uid === undefined ? {} : { uid: wanted.uid }),
    ...(wanted.gid === undefined ? {} : { gid: wanted.gid }),
  }
  const after = [
    'state: directory',
    `mode: "${showMode(bits)}"`,
    ...(args.owner === undefined ? [] : [`owner: ${args.owner}`]),
    ...(args.group === undefined ? [] : [`group: ${args.group}`]),
  ]
  return {
    kind: 'change',
    summary: `makes the directory ${path}`,
    diff: make.map((dir) => attributeDiff(dir, 'state: absent\n', `${after.join('\n')}\n`)),
    touches: make.flatMap((dir) => [`path:${dir}` as const, being(dir)]),
    makes: make,
    spec: { do: 'directory', make, change },
    result: { path, state: 'directory', mode: showMode(bits) },
  }
}

function wholeTree(given: FileCase, stat: Stat, tree: TreeFacts): Verdict<FileSpec> {
  const { path, wanted, args } = given
  if (tree.error !== undefined) return { kind: 'refuse', reason: `cannot look through ${path}: ${tree.error}` }
  const wrong = tree.entries.filter((entry) => entryDiffers(entry, wanted))
  const top = attributeChange(stat, wanted)
  if (wrong.length === 0 && tree.more) {
    return {
      kind: 'refuse',
      reason: `${path} holds more entries than can be compared with a symbolic mode (the first ${tree.entries.length} are in order)`,
      remedy: 'use an octal mode, or a task for each part of the tree',
    }
  }
  if (wrong.length === 0 && isEmpty(top)) {
    return { kind: 'ok', summary: `${path} and all below it are as they should be`, result: describeResult(path, stat) }
  }
  const after = changed(stat, top, given)
  const mode = wanted.mode && (wanted.mode.kind === 'octal' ? showMode(wanted.mode.bits) : wanted.mode.text)
  return {
    kind: 'change',
    summary: `sets mode and owner of ${path} and ${tree.more ? 'more than ' : ''}${wrong.length} entries below it`,
    diff: [
      ...(isEmpty(top) ? [] : [attributeDiff(path, describe(stat), describe(after))]),
      {
        kind: 'items',
        title: `${path}: mode, owner or group`,
        added: [],
        removed: [],
        changed: shown(wrong, wanted, args),
      },
    ],
    touches: [`tree:${path}`],
    spec: { do: 'recurse', path, top, mode, uid: wanted.uid, gid: wanted.gid },
    result: describeResult(path, after),
  }
}

function entryDiffers(entry: TreeEntry, wanted: Wanted): boolean {
  return (
    (wanted.uid !== undefined && entry.uid !== wanted.uid) ||
    (wanted.gid !== undefined && entry.gid !== wanted.gid) ||
    (wanted.mode !== undefined &&
      !entry.isLink &&
      wantedBits(wanted.mode, entry.bits, entry.isDirectory) !== entry.bits)
  )
}

function shown(wrong: readonly TreeEntry[], wanted: Wanted, args: FileCase['args']): string[] {
  const lines = wrong.slice(0, SHOWN).map((entry) => {
    const bits = wanted.mode && !entry.isLink ? wantedBits(wanted.mode, entry.bits, entry.isDirectory) : entry.bits
    const parts = [
      ...(bits === entry.bits ? [] : [`${showMode(entry.bits)} -> ${showMode(bits)}`]),
      ...(wanted.uid === undefined || wanted.uid === entry.uid ? [] : [`owner ${entry.uid} -> ${args.owner}`]),
      ...(wanted.gid === undefined || wanted.gid === entry.gid ? [] : [`group ${entry.gid} -> ${args.group}`]),
    ]
    return `${entry.name}: ${parts.join(', ')}`
  })
  return wrong.length > SHOWN ? [...lines, `and ${wrong.length - SHOWN} more`] : lines
}
