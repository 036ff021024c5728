/** One release of LabOS: a Debian suite in the clothes of an RPM distribution. */
export interface Release {
  version: '8' | '9'
  suite: string
  /** Debian packages that make up the tree; dependencies come along, recommendations don't. */
  debs: readonly string[]
}

const COMMON = [
  'binutils',
  'ca-certificates',
  'cpio',
  'curl',
  'dbus',
  'dnf',
  'dosfstools',
  'dracut-core',
  'dracut-network',
  'e2fsprogs',
  'fdisk',
  'gpg',
  'grub-common',
  'iproute2',
  'iputils-ping',
  'kmod',
  'libpam-systemd',
  'lvm2',
  'mdadm',
  'mount',
  'openssh-client',
  'openssh-server',
  'procps',
  'python3',
  'rpm',
  'sudo',
  'systemd',
  'systemd-container',
  'systemd-sysv',
  'udev',
  'util-linux',
  'zstd',
]

export const RELEASES: readonly [Release, Release] = [
  { version: '8', suite: 'bookworm', debs: [...COMMON, 'systemd-boot'] },
  // The trixie package systemd-boot writes to an EFI system partition when it is set up; its parts don't.
  { version: '9', suite: 'trixie', debs: [...COMMON, 'systemd-boot-efi', 'systemd-boot-tools'] },
]
