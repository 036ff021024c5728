import type { Finding } from '../../contract.ts'
import { isBelow, mountOf } from '../host/tables.ts'
import { STATE } from '../layout.ts'
import { isNetwork, meansOf } from '../mounts/file-systems.ts'
import { mountTree } from '../mounts/tree.ts'
import type { Rule } from './situation.ts'

/** Parts of the system that packages write to, beside the root itself. */
const SYSTEM = ['/usr', '/var', '/etc', '/opt', '/boot', '/efi', '/root', '/srv', '/home']

const inSystem = (point: string): boolean => SYSTEM.some((part) => isBelow(point, part))

/** The image may have a network for whoever looks on, but it mounts nothing from there. */
export const networkMounts: Rule = ({ host }) => {
  const lines = host.fstab.filter(
    ({ type, options }) => (isNetwork(type) || options.includes('_netdev')) && !options.includes('noauto'),
  )
  const needed = lines.filter(({ options }) => !options.includes('nofail'))
  // A netbooted host has what it needs in no fstab.
  const mounted = host.mounts.filter(({ type, point }) => isNetwork(type) && (point === '/' || inSystem(point)))
  const findings: Finding[] = []
  const all = [
    ...needed.map(({ file, spec, type }) => `${file} (${spec}, ${type}, in fstab)`),
    ...mounted
      .filter(({ point }) => !lines.some(({ file }) => file === point))
      .map(({ point, source, type }) => `${point} (${source}, ${type}, mounted)`),
  ]
  if (all.length > 0) {
    findings.push({
      key: 'network_mounts',
      severity: 'inhibitor',
      title: 'parts of the system are on the network',
      detail: `${all.join('; ')}: the upgrade image mounts nothing from there`,
      remedy: 'Give those that the system can do without the options noauto or nofail.',
    })
  }
  const optional = lines.filter(({ options }) => options.includes('nofail'))
  if (optional.length > 0) {
    findings.push({
      key: 'network_mounts_optional',
      severity: 'low',
      title: 'network mounts are missing during the upgrade',
      detail: optional.map(({ file, spec }) => `${file} (${spec})`).join('; '),
    })
  }
  return findings
}

/** A line that no mount unit can be made of, or of a type that the image does not know, would be missing without a word. */
export const unmountable: Rule = ({ host }) => {
  const mounted = new Set(host.mounts.map(({ point }) => point))
  const left = mountTree(host.fstab, mounted).left.filter(({ entry, needed }) => needed && !isNetwork(entry.type))
  if (left.length === 0) return []
  return [
    {
      key: 'fstab_unmountable',
      severity: 'inhibitor',
      title: 'lines of /etc/fstab that the upgrade image can’t mount',
      detail: left.map(({ entry, why }) => `${entry.file} (${entry.spec}): ${why}`).join('; '),
      remedy:
        'Give those that the system can do without the options noauto or nofail. One with nofail that is mounted where packages write is needed all the same: unmount it (and stop its automount) for the time of the upgrade.',
    },
  ]
}

/** What is mounted by other means than fstab, a mount unit or an automount, the image knows nothing of. For noauto see `noautoParts`. */
export const outsideFstab: Rule = ({ host }) => {
  if (host.container !== undefined) return []
  // The one that holds our own state has a finding of its own.
  const own = mountOf(host.mounts, STATE)?.point
  const unknown = host.mounts.filter(
    ({ point, type }) =>
      point !== own &&
      inSystem(point) &&
      // An automount that nobody has touched so far: elsewhere it may lead to the network.
      (meansOf(type) !== undefined || (type === 'autofs' && point === '/boot')) &&
      type !== 'squashfs' &&
      !host.fstab.some(({ file }) => file === point),
  )
  if (unknown.length === 0) return []
  return [
    {
      key: 'mounts_outside_fstab',
      severity: 'inhibitor',
      title: 'parts of the system are mounted without a line in /etc/fstab',
      detail: unknown.map(({ point, source, type }) => `${point} (${source}, ${type})`).join('; '),
      remedy: 'Add them to /etc/fstab: the upgrade image mounts what stands there. Or unmount them.',
    },
  ]
}

/** Packages can't be replaced on a file system that is mounted read-only by its own line. */
export const readonlyParts: Rule = ({ host }) => {
  const fixed = host.fstab.filter(
    ({ file, options }) =>
      options.includes('ro') &&
      !options.includes('noauto') &&
      ['/usr', '/var', '/opt', '/boot', '/efi'].some((part) => isBelow(file, part)),
  )
  if (fixed.length === 0) return []
  return [
    {
      key: 'fstab_readonly',
      severity: 'inhibitor',
      title: 'parts of the system that /etc/fstab mounts read-only',
      detail: fixed.map(({ file, spec }) => `${file} (${spec})`).join('; '),
      remedy: 'Take ro out of these lines for the time of the upgrade; the image mounts them as they say.',
    },
  ]
}
