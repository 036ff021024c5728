import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../command.ts'
import type { Distro } from '../distro/distro.ts'
import { writeFiles } from './layer.ts'
import type { HostKind } from './plan.ts'

const DRACUT_MODULE = `#!/bin/bash
# Says in the upgrade's console log which site a machine belongs to.
check() { return 255; }
depends() { echo base; }
install() {
  inst_simple /etc/labos-release /etc/site/release
  inst_hook pre-mount 50 "$moddir/site-banner.sh"
}
`
const DRACUT_HOOK = '#!/bin/sh\ninfo "site banner: upgrading a machine of this site"\n'

const BANNER_REQUEST = `# Our sites are told apart on the console.
dracut_modules:
  - name: site-banner
    path: /opt/site/dracut/70site-banner
kernel_args:
  add: [site.banner=1]
`

const STORAGE_REQUEST = `# The test array needs a driver of the distribution and one that its maker built for the target kernel.
install_rpms: [kernel-modules-extra]
kernel_modules:
  - name: dummy
  - name: null_blk
    path: /opt/site/modules
include_files: [/etc/labos-release]
`

const LVM_CONF = `devices {
  # Multipath members are never looked at.
  global_filter = [ "r|/dev/disk/by-path/.*-fc-.*|", "a|.*|" ]
}
`

const moduleAt = (dir: string) => ({
  [`${dir}/module-setup.sh`]: DRACUT_MODULE,
  [`${dir}/site-banner.sh`]: DRACUT_HOOK,
})

/** Takes one driver out of LabOS 9's kernel-modules-extra: a file built for the target kernel, as a maker would hand it out. */
async function vendorModule(distro: Distro, target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  const script = `set -e
    cd "$1"
    rpm2cpio "$2"/kernel-modules-extra-*.rpm | cpio --quiet -i --to-stdout '*/null_blk.ko*' >null_blk.ko.xz
    test -s null_blk.ko.xz`
  await run(['bash', '-o', 'pipefail', '-c', script, 'bash', target, distro.repo9])
}

/** Writes what makes a host special into its upper layer. */
export async function makeSpecial(kind: HostKind, upper: string, distro: Distro): Promise<void> {
  if (kind === 'lvm') await writeFiles(upper, { 'etc/lvm/lvm.conf': LVM_CONF })
  if (kind === 'requests') {
    await writeFiles(upper, moduleAt('opt/site/dracut/70site-banner'), 0o755)
    await writeFiles(upper, {
      'etc/upgrade-push/requests.d/10-banner.yml': BANNER_REQUEST,
      'etc/upgrade-push/requests.d/20-storage.yml': STORAGE_REQUEST,
    })
    await vendorModule(distro, join(upper, 'opt/site/modules'))
  }
  if (kind === 'conflict') {
    for (const dir of ['opt/site/dracut/70site-banner', 'srv/old/dracut/70site-banner']) {
      await writeFiles(upper, moduleAt(dir), 0o755)
    }
    await writeFiles(upper, {
      'etc/upgrade-push/requests.d/10-banner.yml': BANNER_REQUEST,
      'etc/upgrade-push/requests.d/50-old-banner.yml': BANNER_REQUEST.replace('/opt/site/', '/srv/old/'),
    })
  }
}

/** Packages that a kind of host has besides those that all have; installed in the host, from the fleet's repository. */
export function extraPackages(kind: HostKind): string[] {
  return kind === 'lvm' ? ['lvm2'] : []
}
