import type { Finding } from '../../contract.ts'
import { isBelow, type Mount, mountOf } from '../host/tables.ts'
import { chooseDriver } from '../loaders/choose.ts'
import { grubPlace } from '../loaders/grub-environment.ts'
import { isNetwork, meansOf } from '../mounts/file-systems.ts'
import { REPLACED } from '../mounts/replaced.ts'
import { mountTree } from '../mounts/tree.ts'
import type { Rule, Situation } from './situation.ts'

/** Places of the EFI system partition, below one of which it may be mounted. */
const ESP = ['/boot', '/efi']
/** Parts of the host that the upgrade can do without. */
const OTHERS = ['/home', '/srv']

/**
 * What is mounted now, or as soon as somebody looks, although fstab has it as noauto only. The image mounts what a boot would mount by
 * itself, and would do without it in silence.
 */
export const noautoParts: Rule = (situation) => {
  const { host } = situation
  if (host.container !== undefined) return []
  const planned = new Set(mountTree(host.fstab).mounts.map(({ point }) => point))
  const left = host.mounts.filter((mount) => !planned.has(mount.point) && isNoauto(situation, mount))
  const needed = left.filter(({ point }) => isNeeded(situation, point))
  const others = left.filter((mount) => !needed.includes(mount) && isPart(mount))
  const findings: Finding[] = []
  if (needed.length > 0) {
    findings.push({
      key: 'fstab_noauto',
      severity: 'inhibitor',
      title: 'parts of the system that the upgrade image would not mount',
      detail: `${listed(needed)}: /etc/fstab says noauto, and the image mounts only what a boot mounts by itself`,
      remedy:
        'Take noauto out of these lines for the time of the upgrade (x-systemd.automount may stay), then: systemctl daemon-reload',
    })
  }
  if (others.length > 0) {
    findings.push({
      key: 'fstab_noauto_optional',
      severity: 'low',
      title: 'mounts that fstab has as noauto are missing during the upgrade',
      detail: listed(others),
    })
  }
  return findings
}

/** An automount that nobody has touched so far shows as autofs. */
function isNoauto({ host }: Situation, { point, type }: Mount): boolean {
  const lines = host.fstab.filter(({ file }) => file === point)
  if (!lines.some(({ options }) => options.includes('noauto'))) return false
  return meansOf(type) !== undefined || (type === 'autofs' && !lines.some((line) => isNetwork(line.type)))
}

function isNeeded({ host, loader }: Situation, point: string): boolean {
  if (point === '/boot' || REPLACED.some((part) => isBelow(point, part))) return true
  const facts = { host, loader }
  const block = grubPlace(facts)?.environment?.realPath
  if (block !== undefined && mountOf(host.mounts, block)?.point === point) return true
  if (host.firmware !== 'efi' || !ESP.some((part) => isBelow(point, part))) return false
  // Packages bring shim and GRUB right onto the partition; systemd-boot is brought there by a boot of the new system.
  const chosen = chooseDriver(facts)
  return 'none' in chosen || chosen.driver.kind !== 'systemd-boot'
}

function isPart({ point }: Mount): boolean {
  return [...ESP, ...OTHERS].some((part) => isBelow(point, part))
}

function listed(mounts: readonly Mount[]): string {
  return mounts.map(({ point, source, type }) => `${point} (${source}, ${type})`).join('; ')
}
