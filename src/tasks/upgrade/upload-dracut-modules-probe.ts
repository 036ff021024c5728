import { quote } from '../../remote/quote.ts'
import type { Probe } from '../contract.ts'
import { TREE_DIGEST } from './container/shell.ts'
import { sha256 } from './digest.ts'
import { HOST, STATE } from './layout.ts'
import { type ManifestState, readManifest, type StageManifest, stageManifest } from './manifests.ts'
import { STAGE_DIGEST } from './stage-digest.ts'
import { parseShownFiles, SHOW_FILES } from './staged-files.ts'

export interface StageFact {
  readonly manifest: ManifestState<StageManifest>
  /** Digest of what lies there now. */
  readonly digest: string
  /** By place: `mode uid:gid sha256`, or `link`, `other` for what should not be there. */
  readonly files: Readonly<Record<string, string>>
  /** Sources on the host of what was staged from there: digest now, or `missing`. */
  readonly sources: Readonly<Record<string, string>>
  /** Text of small files that are not of our own modules as they should be, for a diff. */
  readonly texts: Readonly<Record<string, string>>
}

/** List of the sources on the host, one path a line. */
export const STAGE_SOURCES = `${STATE}/stage/sources`

/** Everything below `stage/`. @param known digests of our own modules' files: the text of others is wanted for a diff. */
export function stageProbe(known: readonly string[]): Probe<StageFact> {
  const list = [...new Set(known)].sort().join(' ')
  return {
    id: `upgrade.stage.${sha256(list)}`,
    script: `known=${quote(list)}
${TREE_DIGEST}
${STAGE_DIGEST}
${SHOW_FILES}
cd ${STATE}/stage 2>/dev/null || exit 0
echo "digest $(stage_digest)"
show_files dracut kernel
find dracut kernel ! -type f ! -type d -printf 'other %p\\n' 2>/dev/null
[ ! -e ${STAGE_SOURCES} ] || while IFS= read -r path; do echo "source $(tree_digest "$path") $path"; done <${STAGE_SOURCES}
[ ! -e ${HOST.stageManifest} ] || { printf 'manifest '; cat ${HOST.stageManifest}; }`,
    reads: [`tree:${STATE}/stage`],
    parse: ({ stdout }) => parseStage(stdout),
  }
}

function parseStage(stdout: string): StageFact {
  const { files, texts, others } = parseShownFiles(stdout)
  const sources: Record<string, string> = {}
  let digest = ''
  let manifest: string | undefined
  for (const line of others) {
    const [word = '', ...rest] = line.split(' ')
    const text = rest.join(' ')
    if (word === 'digest') digest = text
    else if (word === 'other') files[text] = 'other'
    else if (word === 'source') sources[rest.slice(1).join(' ')] = rest[0] ?? ''
    else if (word === 'manifest') manifest = text
  }
  return { manifest: readManifest(stageManifest, manifest), digest, files, sources, texts }
}
