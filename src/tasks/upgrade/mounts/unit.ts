import { type PlannedMount, SYSROOT } from './tree.ts'
import { escapePath, unitNameOf } from './unit-name.ts'

/** Reached when all of the tree is mounted, or known not to be. */
export const MOUNTS_TARGET = 'upgrade-mounts.target'

/** Seconds that a device may take to appear (the needed ones as long as the root's own), and a mount to be made: nothing waits for ever. */
const DEVICE_SECONDS = { needed: 180, optional: 90 }
/** fstab's times are meant for a system whose storage is up already. The image begins with nothing: shorter ones count as this. */
const LEAST_DEVICE_SECONDS = 60
const MOUNT_SECONDS = 300
const MOST_SECONDS = 300

/** Seconds that the image waits for a mount's device: bounded both ways, whatever fstab says. */
export function deviceSeconds({ needed, options }: PlannedMount): number {
  const wanted = options.deviceTimeout ?? (needed ? DEVICE_SECONDS.needed : DEVICE_SECONDS.optional)
  return Math.round(Math.min(Math.max(wanted, LEAST_DEVICE_SECONDS), MOST_SECONDS))
}

/** The name of the unit that checks a mount's file system. */
export function fsckUnit({ device, fsck }: PlannedMount): string | undefined {
  return device !== undefined && fsck ? `systemd-fsck@${escapePath(device)}.service` : undefined
}

/**
 * Text of a mount unit. Every path and unit in it is of the image, that is below the old root; what fstab says of order, devices,
 * checks and the network stays true for it.
 */
export function mountUnit(mount: PlannedMount): string {
  const { point, what, type, options, needed, remote } = mount
  const requires = options.requires.map(unitOf).filter((unit) => /\.(mount|device)$/.test(unit))
  const fsck = fsckUnit(mount)
  const lines = [
    '[Unit]',
    `Description=${unit(point)} of the old system`,
    'DefaultDependencies=no',
    'IgnoreOnIsolate=yes',
    'Requires=sysroot.mount',
    'After=sysroot.mount',
    ...mountsFor([
      ...(options.bind || what.startsWith(`${SYSROOT}/`) ? [what] : []),
      ...below(options.requiresMountsFor),
    ]),
    ...requires.map((name) => `Requires=${name}`),
    ...[...requires, ...options.after.map(unitOf)].map((name) => `After=${name}`),
    ...options.before.map((name) => `Before=${unitOf(name)}`),
    ...(fsck ? [`Requires=${fsck}`, `After=${fsck}`] : []),
    ...(remote ? ['Wants=network-online.target', 'After=network-online.target remote-fs-pre.target'] : []),
    `Before=${remote ? 'remote-fs.target ' : ''}${MOUNTS_TARGET} umount.target`,
    'Conflicts=umount.target',
    '',
    '[Mount]',
    `What=${unit(what)}`,
    `Where=${unit(`${SYSROOT}${point}`)}`,
    ...(type === undefined ? [] : [`Type=${unit(type)}`]),
    ...(options.mount.length === 0 ? [] : [`Options=${unit(options.mount.join(','))}`]),
    ...(options.readWriteOnly ? ['ReadWriteOnly=yes'] : []),
    `TimeoutSec=${Math.max(1, Math.round(Math.min(options.mountTimeout ?? MOUNT_SECONDS, MOST_SECONDS)))}`,
  ]
  return `# ${needed ? 'Needed' : 'Optional'}: from the host's /etc/fstab.\n${lines.join('\n')}\n`
}

/** For what the mounts depend on: an emergency target that somebody isolates must not unmount anything below a transaction. */
export const STAYS = '[Unit]\nIgnoreOnIsolate=yes\n'

/** Bounds the wait for a device. */
export function deviceDropIn(seconds: number): string {
  return `[Unit]\nJobRunningTimeoutSec=${seconds}\n`
}

/**
 * Text of the target that stands for the whole tree. It only wants its mounts, the needed ones too: a unit that is masked or broken would
 * otherwise keep systemd from mounting all the others, among them the place of our result. What is needed is enforced by the step
 * `mounts`, which can name what is missing.
 */
export function mountsTarget(mounts: readonly PlannedMount[]): string {
  return `${[
    '[Unit]',
    'Description=File systems of the old system',
    'DefaultDependencies=no',
    'IgnoreOnIsolate=yes',
    ...mounts.map(({ unit }) => `Wants=${unit}`),
    'Before=upgrade.target',
    'Conflicts=umount.target',
    'JobTimeoutSec=12min',
  ].join('\n')}\n`
}

/**
 * In FIPS mode dracut looks for the kernel's checksum in /boot of the image itself: the same file system once more.
 */
export function fipsBootUnit(boot: PlannedMount): string {
  return `# For the self-test of FIPS mode.
[Unit]
Description=The old system's /boot, in the image
DefaultDependencies=no
IgnoreOnIsolate=yes
ConditionPathIsMountPoint=!/boot
Requires=${boot.unit}
After=${boot.unit}
Before=${MOUNTS_TARGET} umount.target
Conflicts=umount.target

[Mount]
What=${boot.what.startsWith('/dev/') ? `${SYSROOT}${boot.point}` : boot.what}
Where=/boot
Options=bind
TimeoutSec=${MOUNT_SECONDS}
`
}

/** `%` begins a specifier everywhere in a unit. */
function unit(text: string): string {
  return text.replaceAll('%', '%%')
}

/** Its value is split into words, so spaces are quoted and backslashes doubled. */
function mountsFor(paths: readonly string[]): string[] {
  return paths.map((path) => `RequiresMountsFor="${unit(path).replace(/["\\]/g, '\\$&')}"`)
}

function below(paths: readonly string[]): string[] {
  return paths.filter((path) => path.startsWith('/')).map((path) => `${SYSROOT}${path}`)
}

/** What `x-systemd.requires=` and its kind name: a device, a mount point, or a unit; mounts are those below the old root. */
function unitOf(name: string): string {
  if (name.startsWith('/dev/')) return unitNameOf(name, 'device') ?? name
  if (name.startsWith('/')) return unitNameOf(`${SYSROOT}${name}`, 'mount') ?? name
  return name.endsWith('.mount') && !name.startsWith('sysroot-') ? `sysroot-${name}` : name
}
