import type { ValueMap } from '../../expression/values.ts'
import type { Resource, Verdict } from '../contract.ts'
import { type AttributeChange, attributeChange, describe, isEmpty, type Wanted } from './attributes.ts'
import type { CopySpec, PlacedFile } from './copy-apply.ts'
import type { CopyArgs } from './copy-args.ts'
import { copyDiff, type Difference } from './copy-diff.ts'
import type { PresentFile, PresentFiles } from './copy-probe.ts'
import type { CopySource, SourceFile } from './copy-source.ts'
import { parseMode, showMode, wantedBits } from './mode.ts'
import { being } from './resources.ts'
import { splitWords } from './split-words.ts'

/** Where everything goes, worked out from what the host said. */
export interface CopyPlan {
  readonly root: string
  /** Directories to be made, parents first. */
  readonly make: readonly string[]
  readonly files: readonly { readonly path: string; readonly source: SourceFile }[]
}

/** Compares the files one by one. Pure. */
export function checkFiles(
  args: CopyArgs,
  plan: CopyPlan,
  source: CopySource,
  present: PresentFiles,
  wanted: Pick<Wanted, 'uid' | 'gid'>,
): Verdict<CopySpec> {
  const placed: PlacedFile[] = []
  const attributes: { path: string; change: AttributeChange }[] = []
  const differences: Difference[] = []
  for (const { path, source: file } of plan.files) {
    const found = present.get(path)
    if (found && !args.force) continue
    if (found?.stat.type === 'directory') {
      return {
        kind: 'refuse',
        reason: `${path} is a directory, where a file should be`,
        remedy: 'remove it first, or correct dest',
      }
    }
    const mode = { ...wanted, mode: modeOf(args, file) }
    if (found?.stat.type === 'file' && found.sha256 === file.content.sha256) {
      const change = attributeChange(found.stat, mode)
      if (isEmpty(change)) continue
      attributes.push({ path, change })
      const after = { ...found.stat, bits: change.bits ?? found.stat.bits, ...ownerNames(args, change) }
      differences.push({ path, kind: 'attributes', before: describe(found.stat), after: describe(after) })
    } else {
      placed.push({
        path,
        content: { sha256: file.content.sha256, size: file.content.size },
        set: attributesOf(found, mode),
        replaces: found !== undefined,
      })
      differences.push({ path, kind: found ? 'content' : 'new', file, found })
    }
  }
  const result = resultOf(args, plan, source, present)
  if (differences.length === 0 && plan.make.length === 0) {
    return {
      kind: 'ok',
      summary: `${plan.files.length === 1 ? 'the file is' : `${plan.files.length} files are`} as it should be`.replace(
        'files are as it',
        'files are as they',
      ),
      result,
    }
  }
  const make = args.directory_mode === undefined ? 0o755 : wantedBits(parseMode(args.directory_mode), 0o755, true)
  return {
    kind: 'change',
    summary: summaryOf(plan, placed.length, attributes.length),
    diff: copyDiff(differences, plan.make, source, args.dest),
    touches: touchesOf(
      plan,
      [...placed, ...attributes].map(({ path }) => path),
    ),
    makes: plan.make,
    spec: {
      root: plan.root,
      directories: plan.make.map((path) => ({ path, set: { bits: make, ...owner(wanted) } })),
      files: placed,
      attributes,
      backup: args.backup,
      ...(args.validate === undefined ? {} : { validate: splitWords(args.validate) }),
    },
    result,
  }
}

function modeOf({ mode }: CopyArgs, file: SourceFile): Wanted['mode'] {
  if (mode === undefined) return undefined
  return mode === 'preserve' ? { kind: 'octal', bits: file.mode } : parseMode(mode)
}

/** A new file gets what is asked for, or 0644; one that replaces another keeps what is not asked for. */
function attributesOf(found: PresentFile | undefined, wanted: Wanted): AttributeChange {
  const keep = found?.stat.type === 'file' ? found.stat : undefined
  const current = keep?.bits ?? 0o644
  return {
    bits: wanted.mode === undefined ? current : wantedBits(wanted.mode, current, false),
    ...owner({ uid: wanted.uid ?? keep?.uid, gid: wanted.gid ?? keep?.gid }),
  }
}

function owner({ uid, gid }: Pick<Wanted, 'uid' | 'gid'>): AttributeChange {
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
}

function ownerNames(args: CopyArgs, { uid, gid }: AttributeChange) {
  return {
    ...(uid === undefined ? {} : { uid, user: String(args.owner) }),
    ...(gid === undefined ? {} : { gid, group: String(args.group) }),
  }
}

function touchesOf({ root, make }: CopyPlan, paths: readonly string[]): Resource[] {
  if (paths.length + make.length > 64) return [`tree:${root}`]
  return [
    ...make.flatMap((dir): Resource[] => [`path:${dir}`, being(dir)]),
    ...paths.map((path): Resource => `path:${path}`),
  ]
}

function summaryOf({ files, make }: CopyPlan, placed: number, attributes: number): string {
  const only = files.length === 1 ? files[0]?.path : undefined
  if (only !== undefined) return placed > 0 ? `writes ${only}` : `sets mode or owner of ${only}`
  const parts = [
    placed === 0 ? '' : `writes ${placed} of ${files.length} files`,
    attributes === 0 ? '' : `sets mode or owner of ${attributes}`,
    make.length === 0 ? '' : `makes ${make.length} directories`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

function resultOf(args: CopyArgs, { root, files }: CopyPlan, source: CopySource, present: PresentFiles): ValueMap {
  const [only] = files
  if (!only || source.kind === 'tree') return { dest: root, src: source.from, files: files.length }
  const { content } = only.source
  const found = present.get(only.path)?.stat
  const bits = attributesOf(present.get(only.path), { mode: modeOf(args, only.source) }).bits ?? 0o644
  return {
    dest: only.path,
    src: source.from,
    state: 'file',
    size: content.size,
    sha256: content.sha256,
    mode: showMode(bits),
    ...(found ? { uid: found.uid, gid: found.gid, owner: found.user, group: found.group } : {}),
  }
}
