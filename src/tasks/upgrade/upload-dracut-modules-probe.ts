import { quote } from '../../remote/quote.ts'
import type { Probe } from '../contract.ts'
import { TREE_DIGEST } from './container/shell.ts'
import { sha256 } from './digest.ts'
import { HOST, STATE } from './layout.ts'
import { type ManifestState, readManifest, type StageManifest, stageManifest } from './manifests.ts'
import { STAGE_DIGEST } from './stage-digest.ts'

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
cd ${STATE}/stage 2>/dev/null || exit 0
echo "digest $(stage_digest)"
find dracut kernel -type f -printf '%m %U:%G %p\\n' 2>/dev/null | while IFS= read -r line; do
  place=\${line#* }; place=\${place#* }
  sha=$(sha256sum <"$place" | cut -c1-64)
  echo "file \${line%"$place"}$sha $place"
  case " $known " in *" $sha "*) continue ;; esac
  if [ "$(stat -c %s "$place")" -le 16384 ] && grep -qI . "$place"; then echo "text $place"; sed 's/^/|/' "$place"; echo; fi
done
find dracut kernel ! -type f ! -type d -printf 'other %p\\n' 2>/dev/null
[ ! -e ${STAGE_SOURCES} ] || while IFS= read -r path; do echo "source $(tree_digest "$path") $path"; done <${STAGE_SOURCES}
[ ! -e ${HOST.stageManifest} ] || { printf 'manifest '; cat ${HOST.stageManifest}; }`,
    reads: [`tree:${STATE}/stage`],
    parse: ({ stdout }) => parseStage(stdout),
  }
}

function parseStage(stdout: string): StageFact {
  const files: Record<string, string> = {}
  const sources: Record<string, string> = {}
  const texts: Record<string, string> = {}
  let digest = ''
  let manifest: string | undefined
  let open: string | undefined
  for (const line of stdout.split('\n')) {
    if (line.startsWith('|') && open !== undefined) {
      texts[open] += `${line.slice(1)}\n`
      continue
    }
    const [word = '', ...rest] = line.split(' ')
    const text = rest.join(' ')
    if (word === 'text') {
      open = text
      texts[open] = ''
    } else if (word === 'digest') digest = text
    else if (word === 'file') files[rest.slice(3).join(' ')] = rest.slice(0, 3).join(' ')
    else if (word === 'other') files[text] = 'other'
    else if (word === 'source') sources[rest.slice(1).join(' ')] = rest[0] ?? ''
    else if (word === 'manifest') manifest = text
  }
  return { manifest: readManifest(stageManifest, manifest), digest, files, sources, texts }
}
