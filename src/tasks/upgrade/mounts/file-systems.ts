/** Types of fstab that hold no files on a device: the image has its own, and packages are not installed there. */
const PSEUDO: readonly string[] = [
  ...['autofs', 'binfmt_misc', 'bpf', 'cgroup', 'cgroup2', 'configfs', 'debugfs', 'devpts', 'devtmpfs', 'efivarfs'],
  ...['fusectl', 'hugetlbfs', 'mqueue', 'nfsd', 'proc', 'pstore', 'ramfs', 'rpc_pipefs', 'securityfs', 'selinuxfs'],
  ...['swap', 'sysfs', 'tmpfs', 'tracefs', 'usbfs', 'ignore'],
]

/** Type of fstab -> drivers of the target's kernel that mount it, and dracut modules that go with it. */
const ON_DISK: Readonly<Record<string, { readonly drivers: readonly string[]; readonly dracut?: string }>> = {
  ext2: { drivers: ['ext4'] },
  ext3: { drivers: ['ext4'] },
  ext4: { drivers: ['ext4'] },
  xfs: { drivers: ['xfs'] },
  btrfs: { drivers: ['btrfs'], dracut: 'btrfs' },
  vfat: { drivers: ['vfat', '=fs/nls'] },
  msdos: { drivers: ['msdos', '=fs/nls'] },
  iso9660: { drivers: ['isofs'] },
  udf: { drivers: ['udf'] },
  squashfs: { drivers: ['squashfs'] },
  f2fs: { drivers: ['f2fs'] },
}

const NETWORK =
  /^(nfs4?|cifs|smb3?|smbfs|9p|afs|ceph|gfs2|glusterfs|lustre|ocfs2|davfs|ncpfs|fuse\.(sshfs|glusterfs|ceph|s3fs|rclone))$/

export function isPseudo(type: string): boolean {
  return PSEUDO.includes(type)
}

/** Whether a file system lies on other machines. */
export function isNetwork(type: string): boolean {
  return NETWORK.test(type)
}

/** What the image needs to mount a type; undefined for one that it can't mount. `auto` is left to mount(8). */
export function meansOf(type: string): { readonly drivers: readonly string[]; readonly dracut?: string } | undefined {
  return type === 'auto' ? { drivers: [] } : ON_DISK[type]
}
