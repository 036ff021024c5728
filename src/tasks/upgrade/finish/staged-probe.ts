import type { Probe } from '../../contract.ts'
import { TREE_DIGEST } from '../container/shell.ts'
import { sha256 } from '../digest.ts'
import { HOST } from '../layout.ts'
import { parseShownFiles, SHOW_FILES } from '../staged-files.ts'

/** What was copied from the host's own disk, and what is there now. */
export interface StagedSource {
  readonly path: string
  /** Digest of the source when it was copied, and now; `missing` when it is not there. */
  readonly was: string
  readonly now: string
  /** The copy is as it was made. */
  readonly intact: boolean
}

/** What lies below `finish/` now. */
export interface FinishFact {
  /** By place: `mode uid:gid sha256`; `other` for what is neither file nor folder. */
  readonly files: Readonly<Record<string, string>>
  /** By place. */
  readonly sources: Readonly<Record<string, StagedSource>>
  /** Text of small files that are not as known, for a diff. */
  readonly texts: Readonly<Record<string, string>>
  /** A frozen plan covers it. */
  readonly planned: boolean
  /** The upgrade image left notes of an earlier upgrade. */
  readonly notes: boolean
}

/**
 * The file `sources` is the host's own, as only it knows the digests. Two lines each: `DIGEST COPY'S-DIGEST PLACE`, then the path.
 *
 * @param known digests of contents that need not be shown in a diff.
 */
export function finishProbe(known: readonly string[]): Probe<FinishFact> {
  const list = [...new Set(known)].sort().join(' ')
  return {
    id: `upgrade.finish.${sha256(list)}`,
    script: `${TREE_DIGEST}
${SHOW_FILES}
known='${list}'
[ ! -e ${HOST.planSums} ] || echo planned
[ ! -e ${HOST.finished} ] || echo notes
cd ${HOST.finish} 2>/dev/null || exit 0
show_files . ! -path ./sources
find . ! -type f ! -type d -printf 'other %P\\n'
[ ! -f sources ] || while read -r was copy place && IFS= read -r path; do
  intact=no
  [ "$(tree_digest "$place")" != "$copy" ] || intact=yes
  echo "source $was $(tree_digest "$path") $intact $place"
  echo "path $path"
done <sources`,
    reads: [`tree:${HOST.finish}`, `path:${HOST.planSums}`, `path:${HOST.finished}`],
    parse: ({ stdout }) => parseFinish(stdout),
  }
}

function parseFinish(stdout: string): FinishFact {
  const { files, texts, others } = parseShownFiles(stdout)
  const sources: Record<string, StagedSource> = {}
  let source: { place: string; was: string; now: string; intact: boolean } | undefined
  let planned = false
  let notes = false
  for (const line of others) {
    const [word = '', ...rest] = line.split(' ')
    const text = rest.join(' ')
    if (line === 'planned') planned = true
    else if (line === 'notes') notes = true
    else if (word === 'other') files[text] = 'other'
    else if (word === 'source') {
      const [was = '', now = '', intact = '', ...place] = rest
      source = { was, now, intact: intact === 'yes', place: place.join(' ') }
    } else if (word === 'path' && source !== undefined) {
      const { place, ...is } = source
      sources[place] = { ...is, path: text }
    }
  }
  return { files, sources, texts, planned, notes }
}
