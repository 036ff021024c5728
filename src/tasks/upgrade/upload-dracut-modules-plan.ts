import { mountBundle } from './mounts/bundle.ts'
import type { MergedRequest } from './request.ts'
import { planModules, type StagedModules } from './staged-modules.ts'
import type { LocalModules } from './upload-dracut-modules-local.ts'

export interface StagePlan extends StagedModules {
  /** Units made from the host's fstab. */
  readonly units: readonly string[]
}

/** Where the units of the host's fstab lie in our own module. */
const MOUNTS_PLACE = 'dracut/85sys-upgrade-redhat/mounts/fstab.bundle'

/**
 * What shall lie below `stage/` for a request. Throws StageRefusal.
 *
 * @param fstab lines of the host's /etc/fstab
 * @param mounted points that are mounted on it
 * @param from where the request was read: one that comes from the host must not make us read, and send to it, files of the controller.
 */
export function planStage(
  local: LocalModules,
  { upgrade }: MergedRequest,
  { fstab, mounted }: { readonly fstab: readonly string[]; readonly mounted: readonly string[] },
  from: 'run' | 'host',
): StagePlan {
  const modules = planModules(local, upgrade, from, local.ours)
  const mounts = mountBundle(
    fstab,
    new Set(mounted),
    upgrade.dracutModules.some(({ value }) => value.name === 'fips'),
  )
  const bundle = { place: MOUNTS_PLACE, mode: 0o644, content: local.bytes(mounts.text), text: mounts.text }
  return {
    ...modules,
    files: [...modules.files, bundle].sort((a, b) => (a.place < b.place ? -1 : 1)),
    sources: [...modules.sources].sort((a, b) => (a.place < b.place ? -1 : 1)),
    units: mounts.units,
  }
}
