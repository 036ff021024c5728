import type { Diff } from '../contract.ts'
import type { PresentFile } from './copy-probe.ts'
import type { CopySource, SourceFile } from './copy-source.ts'

/** Contents shown in one result; further files are named. */
const SHOWN = 20

export type Difference =
  | { readonly path: string; readonly kind: 'attributes'; readonly before: string; readonly after: string }
  | {
      readonly path: string
      readonly kind: 'content' | 'new'
      readonly file: SourceFile
      readonly found: PresentFile | undefined
    }

/** Small texts as texts, everything else by size and digest. */
export function copyDiff(
  differences: readonly Difference[],
  make: readonly string[],
  source: CopySource,
  title: string,
): Diff[] {
  const diffs: Diff[] = []
  const added: string[] = make.map((dir) => `${dir}/`)
  const changed: string[] = []
  for (const difference of differences) {
    const diff = diffs.length < SHOWN ? textDiff(difference, source) : undefined
    if (diff) diffs.push(diff)
    else if (difference.kind === 'attributes') changed.push(`${difference.path}: mode or owner`)
    else if (difference.kind === 'new') added.push(`${difference.path} (${difference.file.content.size} bytes)`)
    else changed.push(`${difference.path}: ${digests(difference.file, difference.found)}`)
  }
  if (added.length + changed.length > 0) diffs.push({ kind: 'items', title, added, removed: [], changed })
  return diffs
}

function textDiff(difference: Difference, source: CopySource): Diff | undefined {
  const { path } = difference
  if (difference.kind === 'attributes')
    return { kind: 'text', path, before: difference.before, after: difference.after }
  const after = source.text(difference.file.content)
  const { found } = difference
  // A link or the like that is replaced has no text of its own to be shown.
  const before = found === undefined ? '' : found.stat.type === 'file' ? found.text : undefined
  return after === undefined || before === undefined ? undefined : { kind: 'text', path, before, after }
}

function digests({ content }: SourceFile, found: PresentFile | undefined): string {
  const before =
    found?.sha256 === undefined
      ? `a ${found?.stat.type ?? 'file'}`
      : `${found.stat.size} bytes, sha256 ${found.sha256.slice(0, 16)}`
  return `${before} -> ${content.size} bytes, sha256 ${content.sha256.slice(0, 16)}`
}
