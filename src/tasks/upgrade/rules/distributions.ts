/** What the upgrade has to know about a family of distributions. Sizes are estimates on the safe side, in MiB. */
export interface Distribution {
  readonly name: string
  /** os-release IDs. */
  readonly ids: readonly string[]
  /** Major release -> major releases that it can be upgraded to. */
  readonly paths: Readonly<Record<string, readonly string[]>>
  /** Root tree of the container with everything that the image is built from. */
  readonly containerMib: number
  /** The transaction's packages, downloaded before the reboot. */
  readonly packagesMib: number
  /** Least memory to unpack the image and run the transaction from it. */
  readonly memoryMib: number
  readonly memoryMibByArch?: Readonly<Record<string, number>>
  /** The least that `/boot` must have free, whatever the old images' sizes suggest. */
  readonly bootMib: number
  /** Packages of the container of every host. */
  readonly baseRpms: readonly string[]
  readonly baseRpmsByArch?: Readonly<Record<string, readonly string[]>>
  readonly baseRpmsByTarget?: Readonly<Record<string, readonly string[]>>
  readonly kernelRpms: readonly string[]
  /** What brings up the host's own network in the image. NetworkManager's way has never been run. */
  readonly networking: 'systemd-networkd' | 'network-manager'
  /** What activates volumes, in the container. */
  readonly lvmFiles: readonly string[]
}

const ENTERPRISE_LINUX: Distribution = {
  name: 'Enterprise Linux',
  ids: ['rhel', 'centos', 'almalinux', 'rocky', 'ol'],
  paths: { 8: ['9'], 9: ['10'] },
  containerMib: 2200,
  packagesMib: 2000,
  memoryMib: 1536,
  memoryMibByArch: { ppc64le: 3072 },
  bootMib: 100,
  baseRpms: [
    'binutils',
    'cifs-utils',
    'device-mapper-multipath',
    'dnf',
    'dracut',
    'dracut-config-generic',
    'dracut-config-rescue',
    'dracut-network',
    'dracut-tools',
    'fcoe-utils',
    'hostname',
    'iscsi-initiator-utils',
    'kbd',
    'keyutils',
    'kmod',
    'lldpad',
    'lvm2',
    'mdadm',
    'nfs-utils',
    'openssh-clients',
    'plymouth',
    'rpcbind',
    'systemd-container',
    'tar',
    'util-linux',
  ],
  baseRpmsByArch: { x86_64: ['biosdevname'] },
  baseRpmsByTarget: { 9: ['policycoreutils', 'rng-tools'] },
  kernelRpms: ['kernel', 'kernel-core', 'kernel-modules'],
  networking: 'network-manager',
  lvmFiles: ['/usr/sbin/pvscan', '/usr/sbin/vgchange', '/usr/lib/udev/rules.d/69-dm-lvm.rules'],
}

const LABOS: Distribution = {
  name: 'LabOS',
  ids: ['labos'],
  paths: { 8: ['9'] },
  containerMib: 700,
  packagesMib: 300,
  memoryMib: 700,
  bootMib: 24,
  baseRpms: [
    'binutils',
    'dnf',
    'dracut',
    'dracut-network',
    'labos-base',
    'labos-release',
    'openssh-clients',
    'openssh-server',
    'python3',
    'rpm',
    'systemd',
  ],
  kernelRpms: ['kernel-core'],
  networking: 'systemd-networkd',
  lvmFiles: ['/usr/sbin/pvscan', '/usr/sbin/vgchange', '/usr/lib/udev/rules.d/69-lvm.rules'],
}

const DISTRIBUTIONS: readonly Distribution[] = [ENTERPRISE_LINUX, LABOS]

export function distributionOf(id: string): Distribution | undefined {
  return DISTRIBUTIONS.find((distribution) => distribution.ids.includes(id))
}

/** `9` of `9.6`. */
export function majorOf(release: string): string {
  return release.split('.')[0] as string
}
