import type { Finding } from '../../contract.ts'
import { isBelow, mountOf } from '../host/tables.ts'
import { STATE } from '../layout.ts'
import type { Rule } from './situation.ts'

const VOLATILE = ['tmpfs', 'ramfs', 'devtmpfs', 'rootfs']

/** The container's programs run from there, and the upgrade finds it again after the reboot. */
export const stateMount: Rule = ({ host }) => {
  const mount = mountOf(host.mounts, STATE)
  if (!mount) return []
  const findings: Finding[] = []
  if (mount.options.includes('noexec')) {
    findings.push({
      key: 'state_noexec',
      severity: 'inhibitor',
      title: `${mount.point} is mounted noexec`,
      detail: `${STATE} lies on it, and the programs of the container must run from there`,
      remedy: `Take noexec out of its line in /etc/fstab, then: mount -o remount,exec ${mount.point}`,
    })
  }
  const inFstab = host.fstab.some(({ file }) => file === mount.point)
  if (VOLATILE.includes(mount.type)) {
    findings.push({
      key: 'state_volatile',
      severity: 'inhibitor',
      title: `${mount.point} does not outlive a reboot`,
      detail: `${STATE} lies on it, and it is a ${mount.type}`,
      remedy: 'Put /var/lib on a disk.',
    })
  } else if (mount.point !== '/' && !inFstab) {
    findings.push({
      key: 'state_volatile',
      severity: 'inhibitor',
      title: `${mount.point} is not in /etc/fstab`,
      detail: `${STATE} lies on it (${mount.source}), and after the reboot nothing would mount it`,
      remedy: `Add ${mount.point} to /etc/fstab, or unmount it.`,
    })
  }
  return findings
}

/** Packages of the new release own /run alone; a real /var/run would split what is one. */
export const varRun: Rule = ({ host }) =>
  host.varRunIsLink
    ? []
    : [
        {
          key: 'var_run',
          severity: 'inhibitor',
          title: '/var/run is not a symbolic link',
          detail: 'it must lead to /run, or services of both releases look for each other in two places',
          remedy: 'Move what is in it to /run, then: rm -r /var/run && ln -s ../run /var/run',
        },
      ]

export const bootWritable: Rule = ({ host }) => {
  const mount = mountOf(host.mounts, '/boot')
  if (!mount?.options.includes('ro') || !isBelow('/boot', mount.point)) return []
  return [
    {
      key: 'boot_readonly',
      severity: 'inhibitor',
      title: '/boot is mounted read-only',
      detail: `${mount.source} at ${mount.point} has the option ro`,
      remedy: `mount -o remount,rw ${mount.point}`,
    },
  ]
}
