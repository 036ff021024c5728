import type { Asked, MergedRequest, RequestedScript } from '../request.ts'
import { conflictsOf } from '../request-conflicts.ts'
import {
  type HostSource,
  notThere,
  planModules,
  requireOwnRequest,
  type StagedFile,
  StageRefusal,
} from '../staged-modules.ts'
import { RESUME_UNIT } from '../upload-dracut-modules-local.ts'
import { dataFiles, resumeUnit, scriptName } from './data.ts'
import type { HostState } from './host-state.ts'
import { LineFileError } from './line-files.ts'
import type { FinishLocal } from './local.ts'

/** What shall lie below `finish/`. */
export interface FinishPlan {
  /** The controller's files and lists, by place; sorted. */
  readonly files: readonly StagedFile[]
  /** What the host copies from its own disk; sorted by place. */
  readonly sources: readonly HostSource[]
}

/**
 * Everything that the final steps will need. Throws StageRefusal.
 *
 * @param from where the request was read: what a host says must not make us read files of the controller.
 */
export function planFinish(
  local: FinishLocal,
  request: MergedRequest,
  host: HostState,
  from: 'run' | 'host',
): FinishPlan {
  // What gather_modules refuses; a request that lies on the host may be older than its rules.
  const [conflict] = conflictsOf(request)
  if (conflict !== undefined) {
    throw new StageRefusal(
      `a conflict between requests: ${conflict}`,
      'leave one wish, and let gather_modules merge anew',
    )
  }
  const modules = planModules(local, request.target, from)
  const scripts = [
    planScripts(local, request.scripts.afterTransaction, 'after-transaction', from),
    planScripts(local, request.scripts.firstBoot, 'first-boot', from),
  ]
  const text = (place: string, content: string): StagedFile => ({
    place,
    mode: 0o600,
    content: local.bytes(content),
    text: content,
  })
  const inTarget = <T extends { place: string }>(part: T): T => ({ ...part, place: `target/${part.place}` })
  return {
    files: [
      ...Object.entries(lists(request, host)).map(([name, content]) => text(name, content)),
      ...Object.entries(local.program).map(([name, content]) => text(`first-boot/${name}`, content)),
      text(`first-boot/${RESUME_UNIT}`, resumeUnit(local.unit, request)),
      ...modules.files.map(inTarget),
      ...scripts.flatMap(({ files }) => files),
    ].sort(byPlace),
    sources: [...modules.sources.map(inTarget), ...scripts.flatMap(({ sources }) => sources)].sort(byPlace),
  }
}

function byPlace(a: { readonly place: string }, b: { readonly place: string }): number {
  return a.place < b.place ? -1 : a.place > b.place ? 1 : 0
}

function lists(request: MergedRequest, host: HostState): Record<string, string> {
  try {
    return dataFiles(request, host)
  } catch (error) {
    if (!(error instanceof LineFileError)) throw error
    throw new StageRefusal(error.message, 'write it without control characters and without spaces at its ends')
  }
}

function planScripts(
  local: FinishLocal,
  scripts: readonly Asked<RequestedScript>[],
  moment: 'after-transaction' | 'first-boot',
  from: 'run' | 'host',
): FinishPlan {
  const files: StagedFile[] = []
  const sources: HostSource[] = []
  for (const [i, { value }] of scripts.entries()) {
    const place = `scripts/${moment}/${scriptName(i, scripts.length, value)}`
    const { kind, path } = value.source
    if (kind === 'host') {
      sources.push({ path, place })
      continue
    }
    requireOwnRequest(from, path)
    const found = local.module(path)
    if (found.kind !== 'file') throw notThere('script', path, found.kind === 'folder' ? 'it is a folder' : found.why)
    const { executable, content, text } = found.file
    files.push({ place, mode: executable ? 0o700 : 0o600, content, text })
  }
  return { files, sources }
}
