import type { MergedRequest } from '../../../src/tasks/upgrade/request.ts'

type Parts = {
  rpms?: readonly string[]
  copies?: readonly { src: string; dst: string }[]
  dracutModules?: MergedRequest['upgrade']['dracutModules'][number]['value'][]
  kernelModules?: MergedRequest['upgrade']['kernelModules'][number]['value'][]
  includeFiles?: readonly string[]
  network?: MergedRequest['network']
}

export const BASE_RPMS = [
  'labos-release',
  'kernel-core',
  'kernel-modules-extra',
  'dracut',
  'dracut-network',
  'cpio',
  'rpm',
  'lvm2',
  'zstd',
]

/** A merged request as `gather_modules` hands it on. */
export function aRequest(parts: Parts = {}): { request: MergedRequest } {
  const asked = <T>(values: readonly T[] = []) => values.map((value) => ({ value, by: ['test'] }))
  const empty = { dracutModules: [], kernelModules: [], includeFiles: [], kernelArgs: { add: [], remove: [] } }
  return {
    request: {
      version: 1,
      arch: 'x86_64',
      sourceRelease: '8.0',
      targetRelease: '9.0',
      installRpms: asked(parts.rpms ?? BASE_RPMS),
      copyFiles: asked(parts.copies),
      upgrade: {
        ...empty,
        dracutModules: asked(parts.dracutModules),
        kernelModules: asked(parts.kernelModules),
        includeFiles: asked(parts.includeFiles),
      },
      target: empty,
      services: { enable: [], disable: [] },
      scripts: { afterTransaction: [], firstBoot: [] },
      lvmconf: false,
      mdadmconf: false,
      network: parts.network ?? null,
      digest: 'd'.repeat(64),
    },
  }
}
