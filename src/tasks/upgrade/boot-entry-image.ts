import type { CommandResult } from '../../remote/types.ts'
import type { Probe } from '../contract.ts'
import { bootHmac } from './copy-boot-hmac.ts'
import { sha256 } from './digest.ts'
import { TaggedLines } from './host/tagged-lines.ts'
import { bootNames, HOST } from './layout.ts'
import { ARTIFACT_FILES, type ArtifactsManifest, artifactsManifest, readManifest } from './manifests.ts'

/** What lies in /boot, by digest, beside what was built. Only arming needs to know. */
export interface ImageFacts {
  readonly manifest: ReturnType<typeof readManifest<ArtifactsManifest>>
  /** Text of the built kernel's hmac file: in /boot it has the name there in it. */
  readonly hmac: string
  /** sha256 by file name in /boot. */
  readonly boot: { readonly [file: string]: string }
}

const HMAC = `${HOST.artifacts}/${ARTIFACT_FILES.hmac}`

/** Without arming nothing has to be known, and nothing may be waited for. */
export const noImageProbe: Probe<ImageFacts> = {
  id: 'upgrade-push/boot-image/none',
  script: ':',
  reads: [],
  parse: () => ({ manifest: { kind: 'absent' }, hmac: '', boot: {} }),
}

export const imageProbe: Probe<ImageFacts> = {
  id: 'upgrade-push/boot-image',
  script: `
grep -a -s -H '' ${HOST.artifactsManifest} ${HMAC}
for f in /boot/vmlinuz-upgrade.* /boot/initramfs-upgrade.*.img /boot/.vmlinuz-upgrade.*.hmac; do
  [ -f "$f" ] && printf '@boot\\t%s\\t%s\\n' "\${f##*/}" "$(sha256sum <"$f" | cut -c1-64)"
done
:`,
  reads: [
    `tree:${HOST.artifacts}`,
    ...['x86_64', 'aarch64', 'ppc64le', 's390x']
      .flatMap((arch) => Object.values(bootNames(arch)))
      .map((name) => `path:/boot/${name}` as const),
  ],
  parse({ stdout }: CommandResult) {
    const output = new TaggedLines(stdout)
    const text = output.lines(HOST.artifactsManifest)?.join('\n')
    return {
      manifest: readManifest(artifactsManifest, text),
      hmac: (output.lines(HMAC) ?? []).join('\n'),
      boot: Object.fromEntries(output.tagged('boot').map(([file, digest]) => [file, digest])) as ImageFacts['boot'],
    }
  },
}

/** Digests of the image that may be armed and of the container that it was built in, or why none may. */
export function armableImage(facts: ImageFacts, arch: string): { sha256: string; container: string } | { why: string } {
  const { manifest, boot } = facts
  if (manifest.kind === 'absent') return { why: `no image was built: ${HOST.artifactsManifest} is missing` }
  if (manifest.kind === 'unreadable') return { why: `${HOST.artifactsManifest} can't be read: ${manifest.why}` }
  const names = bootNames(arch)
  const expected = {
    [names.kernel]: manifest.value.files.kernel.sha256,
    [names.initramfs]: manifest.value.files.initramfs.sha256,
    [names.hmac]: sha256(bootHmac(facts.hmac, names.kernel) ?? ''),
  }
  for (const [file, built] of Object.entries(expected)) {
    const found = boot[file]
    if (found === undefined) return { why: `/boot/${file} is missing` }
    if (found !== built) {
      return { why: `/boot/${file} is not what was built: sha256 ${found.slice(0, 12)}…, built ${built.slice(0, 12)}…` }
    }
  }
  return { sha256: manifest.value.files.initramfs.sha256, container: manifest.value.inputs.container }
}
