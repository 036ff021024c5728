import { type FstabEntry, isBelow } from '../host/tables.ts'
import { deviceOf } from './device.ts'
import { isNetwork, isPseudo, meansOf } from './file-systems.ts'
import { type MountOptions, parseMountOptions } from './options.ts'
import { isWritten } from './replaced.ts'
import { unitNameOf } from './unit-name.ts'

/** Where the old system's root is mounted in the image. */
export const SYSROOT = '/sysroot'

/** One file system of the host as the image mounts it below the old root. */
export interface PlannedMount {
  /** On the host, such as `/var`. */
  readonly point: string
  /** As systemd in the image calls it, such as `sysroot-var.mount`. */
  readonly unit: string
  /** Device node, or a path below the old root. */
  readonly what: string
  /** Set when `what` is a device that must appear first. */
  readonly device?: string | undefined
  readonly type: string | undefined
  readonly options: MountOptions
  /** Without it the upgrade does not start. */
  readonly needed: boolean
  /** Checked before it is mounted. */
  readonly fsck: boolean
  readonly remote: boolean
}

/** Why a line of fstab can't become a mount of the image. */
export interface Unmountable {
  readonly entry: FstabEntry
  readonly why: string
  readonly needed: boolean
}

export interface MountTree {
  /** Upper directories first. */
  readonly mounts: readonly PlannedMount[]
  readonly left: readonly Unmountable[]
}

/** Below them lie the kernel's own file systems and what does not outlive a boot. */
const KERNEL_POINTS = ['/proc', '/sys', '/dev', '/run']

/**
 * What of fstab the image mounts below the old root: all but the root itself, swap, pseudo file systems and `noauto`. Of two lines
 * for one mount point the first counts, as it does for systemd.
 *
 * @param mounted points that are mounted on the host. Where packages write, these are needed, `nofail` or not: what were written below a mount
 * that is late would lie hidden below it at the next boot. What comes over the network, directly or by a bind, stays as fstab has it: the
 * image can't count on it.
 */
export function mountTree(fstab: readonly FstabEntry[], mounted: ReadonlySet<string> = new Set()): MountTree {
  const mounts: PlannedMount[] = []
  const left: Unmountable[] = []
  const seen = new Set<string>()
  for (const entry of fstab) {
    const options = parseMountOptions(entry.options)
    if (options.noauto || !isPart(entry) || seen.has(entry.file)) continue
    seen.add(entry.file)
    const needed =
      !options.optional || (mounted.has(entry.file) && isWritten(entry.file) && isLocal(entry, options, fstab))
    const planned = plan(entry, options, needed)
    if ('point' in planned) mounts.push(planned)
    else left.push({ entry, needed, ...planned })
  }
  const depth = ({ point }: PlannedMount) => point.split('/').length
  return { mounts: mounts.sort((a, b) => depth(a) - depth(b) || (a.point < b.point ? -1 : 1)), left }
}

function isLocal({ spec, type }: FstabEntry, { netdev, bind }: MountOptions, fstab: readonly FstabEntry[]): boolean {
  if (isNetwork(type) || netdev) return false
  const remote = (entry: FstabEntry) => isNetwork(entry.type) || entry.options.includes('_netdev')
  return !bind || !fstab.some((entry) => remote(entry) && isBelow(spec, entry.file))
}

function isPart({ file, type }: FstabEntry): boolean {
  return file.startsWith('/') && file !== '/' && !isPseudo(type) && !KERNEL_POINTS.some((point) => isBelow(file, point))
}

function plan(entry: FstabEntry, options: MountOptions, needed: boolean): PlannedMount | { why: string } {
  const { spec, file, type } = entry
  if (!isWritable(file)) return { why: 'its mount point holds characters that a mount unit can’t express' }
  const unit = unitNameOf(`${SYSROOT}${file}`, 'mount')
  if (unit === undefined) return { why: 'its mount point is too long for the name of a mount unit' }
  if (isNetwork(type)) return { why: `it lies on the network (${type})` }
  const common = { point: file, unit, options, needed }
  if (options.bind) {
    if (!spec.startsWith('/') || !isWritable(spec)) return { why: `${spec} can’t be bound` }
    return { ...common, what: `${SYSROOT}${spec}`, type: undefined, fsck: false, remote: false }
  }
  if (meansOf(type) === undefined) return { why: `the image has no means to mount the type ${type}` }
  const device = deviceOf(spec)
  if (device === undefined && !spec.startsWith('/')) return { why: `${spec} names no device` }
  if (!isWritable(device ?? spec) || (device && unitNameOf(device, 'device') === undefined)) {
    return { why: `${spec} can’t be written into a mount unit` }
  }
  return {
    ...common,
    what: device ?? `${SYSROOT}${spec}`,
    device,
    type: type === 'auto' ? undefined : type,
    fsck: device !== undefined && (entry.passno ?? 0) > 0,
    remote: options.netdev,
  }
}

/** Units are lines: control characters, spaces at the ends and a backslash before the end of the line would change the meaning. */
function isWritable(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return !/[\x00-\x1f\x7f]|^\s|[\s\\]$/.test(path)
}
