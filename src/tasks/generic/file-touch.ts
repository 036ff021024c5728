import type { Verdict } from '../contract.ts'
import { type AttributeChange, describe } from './attributes.ts'
import type { FileSpec } from './file-apply.ts'
import { attributeDiff, attributesOnly, effective, type FileCase, noPlace } from './file-verdict.ts'
import { showMode, wantedBits } from './mode.ts'

/** state: touch. Making the file can be verified; a new time can't, so that part is a bare action. */
export function checkTouch(given: FileCase): Verdict<FileSpec> {
  const { path, args, facts, wanted } = given
  const nowhere = noPlace(path, facts.at)
  if (nowhere) return nowhere
  const stat = effective(given)
  if (facts.at.stat && !stat) {
    return { kind: 'refuse', reason: `${path} is a symbolic link to something that does not exist` }
  }
  const options = touchOptions(args)
  if (stat && options === undefined) return attributesOnly(given, stat)
  const bits =
    wanted.mode === undefined ? (stat ? undefined : 0o644) : wantedBits(wanted.mode, stat?.bits ?? 0o644, false)
  const change: AttributeChange = {
    ...(bits === undefined ? {} : { bits }),
    ...(wanted.uid === undefined ? {} : { uid: wanted.uid }),
    ...(wanted.gid === undefined ? {} : { gid: wanted.gid }),
  }
  const spec: FileSpec = { do: 'touch', path, create: !stat, options: stat ? options : undefined, change }
  const real = facts.at.link?.real
  const touches = [`path:${path}` as const, ...(real === undefined ? [] : [`path:${real}` as const])]
  if (options !== undefined)
    return { kind: 'action', summary: stat ? `sets the times of ${path}` : `makes ${path}`, touches, spec }
  return {
    kind: 'change',
    summary: `makes ${path}`,
    diff: [attributeDiff(path, describe(undefined), `state: file\nmode: "${showMode(bits ?? 0o644)}"\n`)],
    touches,
    spec,
    result: { path, dest: path, state: 'file' },
  }
}

/** Arguments of touch; undefined when both times are to stay. */
function touchOptions({ access_time, modification_time }: FileCase['args']): string | undefined {
  if (access_time === 'now') return modification_time === 'now' ? '-c' : '-c -a'
  return modification_time === 'now' ? '-c -m' : undefined
}
