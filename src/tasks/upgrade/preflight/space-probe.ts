import type { CommandResult } from '../../../remote/types.ts'
import type { Probe } from '../../contract.ts'
import { TaggedLines } from '../host/tagged-lines.ts'
import { HOST, STATE } from '../layout.ts'
import { artifactsManifest, readManifest } from '../manifests.ts'

interface FileSystem {
  readonly path: string
  readonly sizeMib: number
  /** Free for everybody, without the reserve of root. */
  readonly freeMib: number
}

export interface SpaceFacts {
  /** Of /boot, of what will hold /var/lib/upgrade-push, and of /. */
  readonly fileSystems: { readonly boot: FileSystem; readonly state: FileSystem }
  /** Kernels and images in /boot, ours apart: bytes. */
  readonly bootFiles: readonly { readonly path: string; readonly bytes: number }[]
  /** Sizes of what was built already, bytes. */
  readonly built?: { readonly kernel: number; readonly initramfs: number } | undefined
  /** The container is there already. */
  readonly container: boolean
}

const MIB = 1024 * 1024

export const spaceProbe: Probe<SpaceFacts> = {
  id: 'upgrade-push/space',
  script: `
d=${STATE}; while [ ! -d "$d" ]; do d=\${d%/*}; done
stat -f --printf '@fs\\t%n\\t%S\\t%b\\t%a\\n' /boot "\${d:-/}"
stat -L --printf '@file\\t%s\\t%n\\n' /boot/vmlinu[xz]-* /boot/initr*-* /boot/.vmlinuz-upgrade.* /boot/*/*/linux /boot/*/*/initrd* 2>/dev/null
grep -a -s -H '' ${HOST.artifactsManifest}
[ -e ${HOST.targetManifest} ] && printf '@container\\n'
:`,
  reads: ['tree:/boot', `path:${HOST.artifactsManifest}`, `path:${HOST.targetManifest}`],
  parse: parseSpaceFacts,
}

function parseSpaceFacts({ stdout }: CommandResult): SpaceFacts {
  const output = new TaggedLines(stdout)
  const [boot, state] = output.tagged('fs').map(fileSystem)
  const nothing: FileSystem = { path: '/boot', sizeMib: 0, freeMib: 0 }
  const manifest = readManifest(artifactsManifest, output.lines(HOST.artifactsManifest)?.join('\n'))
  const files = new Map(output.tagged('file').map(([bytes, path]) => [path as string, Number(bytes)]))
  return {
    fileSystems: { boot: boot ?? nothing, state: state ?? { ...nothing, path: STATE } },
    bootFiles: [...files].map(([path, bytes]) => ({ path, bytes })),
    built:
      manifest.kind === 'present'
        ? { kernel: manifest.value.files.kernel.size, initramfs: manifest.value.files.initramfs.size }
        : undefined,
    container: output.has('container'),
  }
}

function fileSystem([path = '', blockSize, blocks, available]: readonly string[]): FileSystem {
  return {
    path,
    sizeMib: Math.floor((Number(blockSize) * Number(blocks)) / MIB),
    freeMib: Math.floor((Number(blockSize) * Number(available)) / MIB),
  }
}
