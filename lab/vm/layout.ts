/** A file system of the installed system. */
export interface FileSystem {
  type: 'ext4' | 'vfat'
  label: string
  /** Where it is mounted: a line of fstab. */
  mount: string
  /** Of fstab; `defaults` unless given. */
  options?: string
}

/** A logical volume; its size in MiB must be a multiple of an extent's (4 MiB). */
export interface LogicalVolume {
  name: string
  mib: number
  fs: FileSystem
}

/** What a partition holds. Sizes are in MiB and are those of the partition's payload. */
export type Partition =
  | { kind: 'fs'; mib: number; fs: FileSystem }
  | { kind: 'lvm'; group: string; volumes: readonly LogicalVolume[] }
  /** One half of a RAID 1; halves with the same `array` are one file system. */
  | { kind: 'md'; array: string; mib: number; fs: FileSystem }

/** How a machine's disks are laid out, and what else makes it boot from them. */
export interface Layout {
  loader: 'systemd-boot' | 'grub'
  /** Partitions of each disk, in order. */
  disks: readonly (readonly Partition[])[]
  /** Kernel arguments that name the root. */
  root: string
  /** Packages that the plain machine does not have, and dracut modules for the installed system's initramfs. */
  packages: readonly string[]
  dracutModules: readonly string[]
}

/** In `mdadm.conf` and on the kernel command line. */
export const MD_UUID = '6c61626f:732d726f:6f742d72:61696431'

const ESP: FileSystem = { type: 'vfat', label: 'LABOS-ESP', mount: '/boot', options: 'defaults,umask=0077' }
const ext4 = (mount: string, label: string, options = 'defaults'): FileSystem => ({
  type: 'ext4',
  label,
  mount,
  options,
})
const ROOT = ext4('/', 'labos-root')
const ROOT_BY_LABEL = 'root=LABEL=labos-root'
const esp = { kind: 'fs', mib: 512, fs: ESP } as const

const PLAIN: Layout = {
  loader: 'systemd-boot',
  disks: [[esp, { kind: 'fs', mib: 6144, fs: ROOT }]],
  root: ROOT_BY_LABEL,
  packages: [],
  dracutModules: [],
}

/** The machines that tests need, by name. */
export const VARIANTS = {
  plain: PLAIN,
  /**
   * Next to nothing is on the root's partition; one of the others is there for the machine's own use, one may be missing. Their times are
   * those of an emulated machine on busy processors, whose own boot ends in emergency mode when a device comes later.
   */
  split: {
    ...PLAIN,
    disks: [
      [
        esp,
        { kind: 'fs', mib: 1024, fs: ROOT },
        { kind: 'fs', mib: 2048, fs: ext4('/usr', 'labos-usr') },
        { kind: 'fs', mib: 4096, fs: ext4('/var', 'labos-var') },
        { kind: 'fs', mib: 64, fs: ext4('/srv', 'labos-srv', 'defaults,x-systemd.device-timeout=90') },
        { kind: 'fs', mib: 64, fs: ext4('/mnt', 'labos-mnt', 'defaults,nofail,x-systemd.device-timeout=60') },
      ],
    ],
  },
  /** Only the root's volume is on the kernel command line, as installers leave it. */
  lvm: {
    ...PLAIN,
    disks: [
      [
        esp,
        {
          kind: 'lvm',
          group: 'labos',
          volumes: [
            { name: 'root', mib: 3072, fs: ROOT },
            { name: 'var', mib: 4096, fs: ext4('/var', 'labos-var') },
            { name: 'home', mib: 256, fs: ext4('/home', 'labos-home') },
          ],
        },
      ],
    ],
    root: 'root=/dev/mapper/labos-root rd.lvm.lv=labos/root',
    packages: ['lvm2'],
    dracutModules: ['lvm'],
  },
  raid: {
    ...PLAIN,
    disks: [
      [esp, { kind: 'md', array: 'root', mib: 6144, fs: ROOT }],
      [{ kind: 'md', array: 'root', mib: 6144, fs: ROOT }],
    ],
    root: `${ROOT_BY_LABEL} rd.md.uuid=${MD_UUID}`,
    packages: ['mdadm'],
    dracutModules: ['mdraid'],
  },
  /** As EL 9 lays it out: the system partition holds no kernel, GRUB takes entries and its environment from /boot. */
  grub: {
    ...PLAIN,
    loader: 'grub',
    disks: [
      [
        { kind: 'fs', mib: 64, fs: { ...ESP, mount: '/boot/efi' } },
        { kind: 'fs', mib: 512, fs: ext4('/boot', 'labos-boot') },
        { kind: 'fs', mib: 6144, fs: ROOT },
      ],
    ],
  },
} as const satisfies Record<string, Layout>

export type Variant = keyof typeof VARIANTS

export const isVariant = (name: string): name is Variant => Object.hasOwn(VARIANTS, name)

/** Every file system of a layout once, upper directories before those below them, with the name of its device in fstab. */
export function fileSystems(layout: Layout): { fs: FileSystem; source: string }[] {
  const found = new Map<string, { fs: FileSystem; source: string }>()
  const add = (fs: FileSystem, source: string) => found.set(fs.mount, { fs, source })
  for (const partition of layout.disks.flat()) {
    if (partition.kind !== 'lvm') add(partition.fs, `LABEL=${partition.fs.label}`)
    else for (const { name, fs } of partition.volumes) add(fs, `/dev/mapper/${partition.group}-${name}`)
  }
  return [...found.values()].sort((a, b) => (a.fs.mount < b.fs.mount ? -1 : 1))
}
