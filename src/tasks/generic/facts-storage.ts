import type { ValueMap } from '../../expression/values.ts'
import { HOST_MOUNTS } from '../../remote/types.ts'
import type { RawFacts } from './facts-probe.ts'

/** Mounted devices and network shares; sizes of the local ones. Bytes. */
export function storage({ files, commands }: RawFacts): ValueMap {
  const sizes = new Map<string, ValueMap>()
  for (const line of (commands.get('df') ?? '').split('\n').slice(1)) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+|-)\s+(\d+|-)\s+(.*)$/.exec(line)
    if (!match) continue
    const [, size, avail, inodes, free, target = ''] = match
    sizes.set(target, {
      size_total: Number(size),
      size_available: Number(avail),
      inode_total: Number(inodes === '-' ? 0 : inodes),
      inode_available: Number(free === '-' ? 0 : free),
    })
  }
  // In check mode our own mounts are all read-only; the host's own were kept.
  const mounts = (files.get(HOST_MOUNTS.mounts.file) ?? files.get('/proc/self/mounts') ?? [])
    .map((line) => line.split(' ').map(unescapeOctal))
    .filter(([device = '']) => device.startsWith('/') || device.includes(':/'))
    .map(([device = '', mount = '', fstype = '', options = '']) => ({
      mount,
      device,
      fstype,
      options,
      ...sizes.get(mount),
    }))
  return { ansible_mounts: mounts }
}

/** The kernel writes spaces and the like as octal numbers. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
