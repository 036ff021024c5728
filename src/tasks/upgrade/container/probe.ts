import type { Probe } from '../../contract.ts'
import { HOST, STATE } from '../layout.ts'
import { type ManifestState, readManifest, type TargetManifest, targetManifest } from '../manifests.ts'
import { TREE_DIGEST } from './shell.ts'

/** Sources of the files that were copied into the container, one path a line: lets a probe digest them without reading JSON. */
export const TARGET_COPIES = `${STATE}/target.copies`

/** `rpmdb_digest ROOT`: digest of a root's RPM database files, whichever format and place they have. Reading the database changes none of them. */
export const RPMDB_DIGEST = `rpmdb_digest() {
  for dir in usr/lib/sysimage/rpm var/lib/rpm; do
    [ ! -L "$1/$dir" ] || continue
    for file in rpmdb.sqlite rpmdb.sqlite-wal Packages Packages.db; do
      [ ! -s "$1/$dir/$file" ] || sha256sum <"$1/$dir/$file"
    done
  done | sha256sum | cut -c1-64
}`

export interface ContainerFact {
  readonly manifest: ManifestState<TargetManifest>
  /** The container's folder is there. Without a manifest it is a half-made one. */
  readonly tree: boolean
  /** Digest of its RPM database files. */
  readonly rpmdb?: string | undefined
  /** The kernel that the manifest names lies in the container. */
  readonly kernel: boolean
}

/** The container and its manifest, without starting anything in it. */
export const containerProbe: Probe<ContainerFact> = {
  id: 'upgrade.container',
  script: `${RPMDB_DIGEST}
if [ -d ${HOST.target} ]; then
  echo tree
  echo "rpmdb $(rpmdb_digest ${HOST.target})"
  for image in ${HOST.target}/usr/lib/modules/*/vmlinuz ${HOST.target}/lib/modules/*/vmlinuz; do
    [ ! -f "$image" ] || { image=\${image%/vmlinuz}; echo "kernel \${image##*/}"; }
  done
fi
[ ! -e ${HOST.targetManifest} ] || { printf 'manifest '; cat ${HOST.targetManifest}; }`,
  reads: [`path:${HOST.targetManifest}`, `tree:${HOST.target}`],
  parse({ stdout }) {
    const lines = stdout.split('\n')
    const after = (word: string) => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1)
    const manifest = readManifest(targetManifest, after('manifest'))
    const release = manifest.kind === 'present' ? manifest.value.kernel.release : undefined
    return {
      manifest,
      tree: lines.includes('tree'),
      rpmdb: after('rpmdb'),
      kernel: release !== undefined && lines.includes(`kernel ${release}`),
    }
  },
}

/** A source of a copy: its digest now, or `missing`. */
export type CopySources = Readonly<Record<string, string>>

/** The sources that were copied when the container was made, as they are now. Whether others exist shows when they are first copied. */
export const copySourcesProbe: Probe<CopySources> = {
  id: 'upgrade.container.copies',
  script: `${TREE_DIGEST}
[ ! -e ${TARGET_COPIES} ] || while IFS= read -r path; do echo "$(tree_digest "$path") $path"; done <${TARGET_COPIES}`,
  reads: [`path:${TARGET_COPIES}`, 'tree:/etc'],
  parse({ stdout }) {
    const pairs = stdout.split('\n').filter((line) => line !== '')
    return Object.fromEntries(
      pairs.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
    )
  },
}
