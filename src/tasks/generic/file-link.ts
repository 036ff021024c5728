import type { Verdict } from '../contract.ts'
import { type AttributeChange, attributeChange, describe, isEmpty, type Wanted } from './attributes.ts'
import type { FileSpec } from './file-apply.ts'
import { attributeDiff, changed, describeResult, type FileCase, noPlace } from './file-verdict.ts'
import type { Stat } from './stat.ts'

/** state: link. The text of the link is `src` as it is written. */
export function checkLink(given: FileCase): Verdict<FileSpec> {
  const { path, args, facts } = given
  const src = args.src as string
  const nowhere = noPlace(path, facts.at)
  if (nowhere) return nowhere
  if (!facts.source?.stat && !args.force) {
    return {
      kind: 'refuse',
      reason: `${src} does not exist, so ${path} would lead nowhere`,
      remedy: 'make it first, or say force: true',
    }
  }
  const { stat, link } = facts.at
  if (link && stat && link.target === src) return ownerOfLink(given, stat)
  const inTheWay = stat && !link ? replaceable(given, stat) : undefined
  if (inTheWay) return inTheWay
  return make(given, 'link', link ? { target: link.target } : {})
}

/** state: hard. Two names of one file. */
export function checkHardLink(given: FileCase): Verdict<FileSpec> {
  const { path, args, facts } = given
  const nowhere = noPlace(path, facts.at)
  if (nowhere) return nowhere
  const source = facts.source?.stat
  if (source?.type !== 'file') {
    const what = source ? `is a ${source.type}, not a file` : 'does not exist'
    return { kind: 'refuse', reason: `${args.src} ${what}, so it cannot get a second name` }
  }
  const { stat } = facts.at
  if (stat?.identity === source.identity) {
    const change = attributeChange(stat, given.wanted)
    if (isEmpty(change))
      return { kind: 'ok', summary: `${path} is ${args.src}`, result: { ...describeResult(path, stat), state: 'hard' } }
    return {
      kind: 'change',
      summary: `sets mode and owner of ${path}`,
      diff: [attributeDiff(path, describe(stat), describe(changed(stat, change, given)))],
      touches: [`path:${path}`, `path:${args.src}`],
      spec: { do: 'attributes', path, change, onLink: false },
    }
  }
  const inTheWay = stat ? replaceable(given, stat) : undefined
  return inTheWay ?? make(given, 'hard', {}, source)
}

function ownerOfLink(given: FileCase, stat: Stat): Verdict<FileSpec> {
  const { path, args } = given
  const change = attributeChange(stat, given.wanted)
  const result = { ...describeResult(path, stat), dest: path, src: args.src as string }
  if (isEmpty(change)) return { kind: 'ok', summary: `${path} leads to ${args.src}`, result }
  return {
    kind: 'change',
    summary: `sets the owner of the link ${path}`,
    diff: [attributeDiff(path, describe(stat), describe(changed(stat, change, given)))],
    touches: [`path:${path}`],
    spec: { do: 'attributes', path, change, onLink: true },
    result,
  }
}

/** Something else stands where the link should be: refused unless force says to replace it, and never for a directory. */
function replaceable({ path, args }: FileCase, stat: Stat): Verdict<FileSpec> | undefined {
  if (stat.type === 'directory') {
    return { kind: 'refuse', reason: `${path} is a directory`, remedy: 'remove it first with state: absent' }
  }
  if (args.force) return undefined
  return { kind: 'refuse', reason: `${path} is a ${stat.type} already`, remedy: 'say force: true to replace it' }
}

function make(
  given: FileCase,
  how: 'link' | 'hard',
  before: Readonly<Record<string, string>>,
  source?: Stat,
): Verdict<FileSpec> {
  const { path, args, facts, wanted } = given
  const src = args.src as string
  return {
    kind: 'change',
    summary: `makes ${path} a ${how === 'link' ? 'symbolic' : 'hard'} link to ${src}`,
    diff: [attributeDiff(path, describe(facts.at.stat, before), `state: ${how}\ntarget: ${src}\n`)],
    touches: how === 'link' ? [`tree:${path}`] : [`path:${path}`, `path:${src}`],
    spec: { do: how, path, src, change: source ? attributeChange(source, wanted) : ownerOnly(wanted) },
    result: { path, dest: path, src, state: how },
  }
}

/** A new link belongs to whoever makes it; a wanted owner is set in any case. */
function ownerOnly({ uid, gid }: Wanted): AttributeChange {
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
}
