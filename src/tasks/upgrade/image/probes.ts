import type { Probe } from '../../contract.ts'
import { TREE_DIGEST } from '../container/shell.ts'
import { HOST, STATE } from '../layout.ts'
import {
  ARTIFACT_FILES,
  type ArtifactsManifest,
  artifactsManifest,
  type ManifestState,
  readManifest,
  type StageManifest,
  stageManifest,
} from '../manifests.ts'
import { STAGE_DIGEST } from '../stage-digest.ts'

export interface StagedFact {
  readonly manifest: ManifestState<StageManifest>
  /** Digest of what is staged now; empty when there is nothing. */
  readonly digest: string
}

/** The staged modules as a whole. */
export const stagedProbe: Probe<StagedFact> = {
  id: 'upgrade.staged',
  script: `${TREE_DIGEST}
${STAGE_DIGEST}
[ ! -d ${STATE}/stage ] || stage_digest
[ ! -e ${HOST.stageManifest} ] || { printf 'manifest '; cat ${HOST.stageManifest}; }`,
  reads: [`tree:${STATE}/stage`],
  parse({ stdout }) {
    const lines = stdout.split('\n')
    const manifest = lines.find((line) => line.startsWith('manifest '))?.slice(9)
    return {
      manifest: readManifest(stageManifest, manifest),
      digest: lines.find((line) => /^[0-9a-f]{64}$/.test(line)) ?? '',
    }
  },
}

export interface ArtifactsFact {
  readonly manifest: ManifestState<ArtifactsManifest>
  /** Digests of the files as they are now, by their name in the manifest. */
  readonly digests: Readonly<Record<string, string>>
  /** Text of the kernel's hmac file. */
  readonly hmac: string
}

/** The built kernel and image. They are hashed each time, never trusted by time or size. */
export const artifactsProbe: Probe<ArtifactsFact> = {
  id: 'upgrade.artifacts',
  script: `cd ${HOST.artifacts} 2>/dev/null || exit 0
for name in ${Object.values(ARTIFACT_FILES).join(' ')}; do
  [ ! -f "$name" ] || echo "file $name $(sha256sum <"$name" | cut -c1-64)"
done
[ ! -f ${ARTIFACT_FILES.hmac} ] || head -c 1000 ${ARTIFACT_FILES.hmac} | sed 's/^/hmac /'
echo
[ ! -e manifest.json ] || { printf 'manifest '; cat manifest.json; }`,
  reads: [`tree:${HOST.artifacts}`],
  parse({ stdout }) {
    const digests: Record<string, string> = {}
    const hmac: string[] = []
    let manifest: string | undefined
    for (const line of stdout.split('\n')) {
      const [word, name = '', digest = ''] = line.split(' ')
      const key = Object.entries(ARTIFACT_FILES).find(([, file]) => file === name)?.[0]
      if (word === 'file' && key !== undefined) digests[key] = digest
      else if (word === 'hmac') hmac.push(line.slice(5))
      else if (word === 'manifest') manifest = line.slice(9)
    }
    return { manifest: readManifest(artifactsManifest, manifest), digests, hmac: hmac.join('\n') }
  },
}

/** UUIDs of the host's RAID arrays, sorted. */
export const arraysProbe: Probe<readonly string[]> = {
  id: 'upgrade.arrays',
  script: 'command -v mdadm >/dev/null 2>&1 && mdadm --detail --scan 2>/dev/null || :',
  reads: ['path:/proc/mdstat'],
  parse({ stdout }) {
    return [...stdout.matchAll(/\bUUID=([0-9a-f]{8}(?::[0-9a-f]{8}){3})\b/gi)].map(([, uuid]) => uuid as string).sort()
  },
}
