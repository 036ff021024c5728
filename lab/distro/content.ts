import type { Release } from './release.ts'

/** A file that LabOS adds to, or has in place of, what the Debian packages bring. */
export interface AddedFile {
  rpm: string
  path: string
  /** File content, or the link's target when `link` is set. */
  text: string
  mode?: number
  link?: boolean
}

export const GPG_KEY_PATH = '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos'

/** The dnf repository file. The host part of `baseUrl` is the lab's own server. */
export function repoFile(baseUrl: string): string {
  return `[labos]
name=LabOS $releasever
baseurl=${baseUrl}/labos$releasever/
enabled=1
gpgcheck=1
gpgkey=file://${GPG_KEY_PATH}
`
}

const DNF_CONF = `[main]
gpgcheck=1
installonly_limit=3
clean_requirements_on_remove=True
best=True
skip_if_unavailable=False
plugins=False
`

// What these machines need to boot, no more: a full set of drivers takes minutes under emulation.
const DRACUT_CONF = `hostonly=no
hostonly_cmdline=no
early_microcode=no
compress="zstd -1"
drivers=" virtio_blk virtio_pci virtio_net ext4 vfat nls_cp437 nls_ascii efivarfs "
dracutmodules=" bash base systemd systemd-initrd systemd-journald systemd-udevd systemd-tmpfiles fs-lib kernel-modules rootfs-block udev-rules dracut-systemd shutdown "
`

const DHCP_NETWORK = `[Match]
Name=en* eth*
[Network]
DHCP=ipv4
IPv6AcceptRA=no
LinkLocalAddressing=no
`

const SSH_HOST_KEYS = `[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c "test -s /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key"
ExecStartPre=/bin/mkdir -p /run/sshd
`

/** LabOS's own files. `gpgKey` is the armoured public key that signs its packages. */
export function addedFiles(release: Release, gpgKey: string): AddedFile[] {
  const v = release.version
  const osRelease = [
    'NAME="LabOS"',
    `VERSION="${v}.0"`,
    'ID="labos"',
    'ID_LIKE="rhel fedora"',
    `VERSION_ID="${v}.0"`,
    `PLATFORM_ID="platform:lab${v}"`,
    `PRETTY_NAME="LabOS ${v}.0"`,
    `CPE_NAME="cpe:/o:labos:labos:${v}"`,
  ]
  const rel = 'labos-release'
  return [
    { rpm: rel, path: '/usr/lib/os-release', text: `${osRelease.join('\n')}\n` },
    { rpm: rel, path: '/etc/os-release', text: '../usr/lib/os-release', link: true },
    { rpm: rel, path: '/etc/labos-release', text: `LabOS release ${v}.0\n` },
    { rpm: rel, path: '/etc/system-release', text: 'labos-release', link: true },
    { rpm: rel, path: '/etc/rpm/macros.labos', text: '%_dbpath /var/lib/rpm\n%_dbpath_rebuild /var/lib/rpm\n' },
    { rpm: rel, path: '/etc/dnf/dnf.conf', text: DNF_CONF },
    { rpm: rel, path: '/etc/yum.repos.d/labos.repo', text: repoFile('http://repo.labos.test:8808') },
    { rpm: rel, path: GPG_KEY_PATH, text: gpgKey },
    { rpm: 'dracut', path: '/usr/lib/dracut/dracut.conf.d/50-labos.conf', text: DRACUT_CONF },
    { rpm: 'systemd', path: '/usr/lib/systemd/network/80-labos-dhcp.network', text: DHCP_NETWORK },
    { rpm: 'openssh-server', path: '/usr/lib/systemd/system/ssh.service.d/50-labos-keys.conf', text: SSH_HOST_KEYS },
    { rpm: 'openssh-server', path: '/etc/ssh/sshd_config.d/50-labos.conf', text: 'UseDNS no\n' },
    ...['editenv', 'file', 'mkrelpath', 'script-check'].map((tool) => ({
      rpm: 'grub2-tools',
      path: `/usr/bin/grub2-${tool}`,
      text: `grub-${tool}`,
      link: true,
    })),
    ...['probe', 'mkconfig'].map((tool) => ({
      rpm: 'grub2-tools',
      path: `/usr/sbin/grub2-${tool}`,
      text: `grub-${tool}`,
      link: true,
    })),
  ]
}

/** Directories that every system needs and that no file list brings. */
export const SKELETON: readonly string[] = [
  '%dir "/boot"',
  '%dir "/dev"',
  '%dir "/media"',
  '%dir "/mnt"',
  '%attr(0555,root,root) %dir "/proc"',
  '%dir "/run"',
  '%attr(0555,root,root) %dir "/sys"',
  '%attr(1777,root,root) %dir "/tmp"',
  '%dir "/var/cache"',
  '%dir "/var/lib/rpm"',
  '%dir "/var/log"',
]
