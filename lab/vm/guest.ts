import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileSystems, type Layout, MD_UUID } from './layout.ts'

/** The host as the machine sees it through QEMU's user network. */
const HOST_SEEN_FROM_GUEST = '10.0.2.2'
const DNS_SEEN_FROM_GUEST = '10.0.2.3'

const HOST_NAME = 'labvm'
export const MACHINE_ID = '6c61626f732d766d2d746573742d3031'
/** As installers write it. Without an address the monitor of mdadm 4.4, which reads this file alone, fails at each boot. */
const MDADM_CONF = `MAILADDR root\nARRAY /dev/md/root metadata=1.2 UUID=${MD_UUID} name=${HOST_NAME}:root\n`
/** First part of the names of kernels' folders and entries, in place of the machine id. */
export const ENTRY_TOKEN = 'labos'

/** Kernel arguments of the installed system. show_status makes the serial log tell how far a boot came. */
export const kernelArguments = ({ root }: Layout) =>
  `${root} ro console=ttyS0 systemd.show_status=1 net.ifnames=0 audit=0 mitigations=off`

// Upkeep that a machine of a few minutes' life has no use for, and that costs emulated seconds.
const DISABLED_UNITS = [
  'multi-user.target.wants/e2scrub_reap.service',
  'multi-user.target.wants/machines.target',
  'sockets.target.wants/dm-event.socket',
  'sysinit.target.wants/blk-availability.service',
  'sysinit.target.wants/lvm2-lvmpolld.socket',
  'sysinit.target.wants/lvm2-monitor.service',
  'timers.target.wants/e2scrub_all.timer',
  'timers.target.wants/fstrim.timer',
]

function fstab(layout: Layout): string {
  const lines = fileSystems(layout).map(({ fs, source }) => {
    const pass = fs.mount === '/' ? 1 : 0
    return `${source} ${fs.mount} ${fs.type} ${fs.options ?? 'defaults'} 0 ${pass}\n`
  })
  return lines.join('')
}

/** What an installer would have written. The repository's name in labos.repo resolves to the machine that runs QEMU. */
function installedFiles(layout: Layout, authorizedKey: string): Record<string, string> {
  const raid = layout.disks.flat().some(({ kind }) => kind === 'md')
  return {
    'etc/hostname': `${HOST_NAME}\n`,
    'etc/hosts': `127.0.0.1 localhost ${HOST_NAME}\n${HOST_SEEN_FROM_GUEST} repo.labos.test\n`,
    'etc/resolv.conf': `nameserver ${DNS_SEEN_FROM_GUEST}\n`,
    'etc/machine-id': `${MACHINE_ID}\n`,
    'etc/fstab': fstab(layout),
    'etc/kernel/entry-token': `${ENTRY_TOKEN}\n`,
    'etc/kernel/cmdline': `${kernelArguments(layout)}\n`,
    'etc/kernel/install.conf': 'layout=bls\nBOOT_ROOT=/boot\n',
    'root/.ssh/authorized_keys': authorizedKey,
    ...(raid ? { 'etc/mdadm.conf': MDADM_CONF } : {}),
  }
}

/** Makes the tree of an installed LabOS 8 that of this machine: names, mounts, network, a key that may log in as root. */
export async function configureGuest(root: string, layout: Layout, authorizedKey: string): Promise<void> {
  for (const [path, text] of Object.entries(installedFiles(layout, authorizedKey))) {
    const file = join(root, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  await chmod(join(root, 'root/.ssh'), 0o700)
  const units = join(root, 'etc/systemd/system')
  await symlink(
    '/usr/lib/systemd/system/systemd-networkd.service',
    join(units, 'multi-user.target.wants/systemd-networkd.service'),
  )
  for (const unit of DISABLED_UNITS) await rm(join(units, unit), { force: true })
}
