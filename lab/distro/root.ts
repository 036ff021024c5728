import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../command.ts'

/** What every LabOS 8 machine of the lab has installed. lvm2 and mdadm are there for those that ask. */
const INSTALLED = [
  ...['labos-release', 'setup', 'labos-base', 'systemd', 'dracut', 'dracut-network', 'rpm', 'dnf', 'python3', 'gnupg2'],
  ...['openssh-server', 'openssh-clients', 'kernel-core', 'grub2-tools', 'sudo', 'binutils'],
  ...['labos-motd', 'webapp', 'slowpost', 'failpre', 'legacy-tool', 'gone-tool'],
]

/** Installs packages into `root` from a repository on this disk, checking their signatures against `gpgKey`. */
export async function dnfInstall(
  root: string,
  repo: string,
  release: string,
  gpgKey: string,
  work: string,
  packages: readonly string[],
) {
  const cache = join(work, 'dnf')
  const config = join(work, 'dnf.conf')
  await mkdir(work, { recursive: true })
  await mkdir(root, { recursive: true })
  await writeFile(
    config,
    `[main]\nreposdir=/var/empty\ncachedir=${cache}\nlogdir=${work}\nplugins=0\ninstall_weak_deps=0\ngpgcheck=1\nmodule_platform_id=\n` +
      `[labos]\nname=LabOS\nbaseurl=file://${repo}\ngpgkey=file://${gpgKey}\n`,
  )
  // In a mount namespace of its own: whatever ends this command, no mount outlives it.
  const script = `set -e
    root=$1; shift
    mkdir -p "$root/dev" "$root/proc"
    mount --bind "$root" "$root"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for node in null zero full random urandom tty; do touch "$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
    mount -t proc proc "$root/proc"
    exec dnf -y -q -c "$DNF_CONFIG" --installroot="$root" --releasever="$RELEASE" install "$@"`
  const env = { ...process.env, DNF_CONFIG: config, RELEASE: release, HOME: work }
  // dnf here is Debian's, whose rpm keeps its database elsewhere; LabOS's macro file says where in the root.
  await writeFile(join(work, '.rpmmacros'), '%_dbpath /var/lib/rpm\n')
  await run(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', root, ...packages], { env })
  await rm(cache, { recursive: true, force: true })
}

/** An installed LabOS 8 in `root`, and its kernel and initramfs in `boot`, built by its own dracut. */
export async function installRoot(
  root: string,
  boot: string,
  repo: string,
  gpgKey: string,
  work: string,
): Promise<void> {
  await dnfInstall(root, repo, '8', gpgKey, work, INSTALLED)
  const [kver] = await readdir(join(root, 'usr/lib/modules'))
  if (!kver) throw new Error('kernel-core was installed without a kernel')
  await mkdir(boot, { recursive: true })
  const image = `initramfs-${kver}.img`
  const script = `set -e
    root=$1 kver=$2 image=$3
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/run"
    mount --rbind /dev "$root/dev"
    chroot "$root" dracut --quiet --force --kver "$kver" "/tmp/$image"`
  await run(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', root, kver, image])
  await run(['mv', join(root, 'tmp', image), join(boot, image)])
  await run(['cp', '-a', join(root, 'usr/lib/modules', kver, 'vmlinuz'), join(boot, `vmlinuz-${kver}`)])
  await run(['cp', '-a', join(root, 'usr/lib/modules', kver, '.vmlinuz.hmac'), join(boot, `.vmlinuz-${kver}.hmac`)])
}
