import { parseFstab } from '../host/tables.ts'
import { mountTree, type PlannedMount } from './tree.ts'
import {
  deviceDropIn,
  deviceSeconds,
  fipsBootUnit,
  fsckUnit,
  MOUNTS_TARGET,
  mountsTarget,
  mountUnit,
  STAYS,
} from './unit.ts'
import { unitNameOf } from './unit-name.ts'

const UNITS = 'etc/systemd/system'
const OURS = 'usr/lib/upgrade-push'

export interface MountBundle {
  /** One text that holds all files: a line `### PATH` begins each. `mounts/install.sh` of our dracut module takes it apart. */
  readonly text: string
  /** Names of the units in it, sorted: what the finished image must hold. */
  readonly units: readonly string[]
}

/**
 * The files that make the image mount a host's fstab below the old root: the mount units with bounds for their devices, the target that
 * stands for all of them, the list by which the step `mounts` verifies the tree, and fstab itself, so that a later change is noticed.
 *
 * @param lines of the host's /etc/fstab
 * @param mounted points that are mounted there, see {@link mountTree}
 * @param fips the image runs in FIPS mode
 */
export function mountBundle(lines: readonly string[], mounted: ReadonlySet<string>, fips: boolean): MountBundle {
  const { mounts } = mountTree(parseFstab(lines), mounted)
  const boot = fips ? mounts.find(({ point }) => point === '/boot') : undefined
  const units = [
    ...mounts.map((mount) => ({ name: mount.unit, text: mountUnit(mount) })),
    ...(boot ? [{ name: 'boot.mount', text: fipsBootUnit(boot) }] : []),
    { name: MOUNTS_TARGET, text: `${mountsTarget(mounts)}${boot ? 'Wants=boot.mount\n' : ''}` },
  ]
  const files: (readonly [string, string])[] = [
    [`${OURS}/mounts`, mounts.map(listed).join('')],
    [`${OURS}/fstab`, lines.map(plainLine).join('')],
    ...units.map(({ name, text }) => [`${UNITS}/${name}`, text] as const),
    ...['sysroot.mount', 'systemd-fsck@.service'].map((name) => [`${UNITS}/${name}.d/upgrade.conf`, STAYS] as const),
    ...dropIns(mounts),
  ]
  return {
    text: files.map(([path, text]) => `### ${path}\n${text}`).join(''),
    units: units.map(({ name }) => name).sort(),
  }
}

/** One line for the step `mounts`, its fields separated by tabs; `-` stands for nothing. */
function listed(mount: PlannedMount): string {
  const { needed, unit, point, what, device } = mount
  const fields = [
    needed ? 'needed' : 'optional',
    unit,
    point,
    what,
    device ?? '-',
    deviceSeconds(mount),
    fsckUnit(mount) ?? '-',
  ]
  return `${fields.join('\t')}\n`
}

/** Two mounts of one device wait as long as the longer of them may. */
function dropIns(mounts: readonly PlannedMount[]): [string, string][] {
  const bounds = new Map<string, number>()
  for (const mount of mounts) {
    const name = mount.device && unitNameOf(mount.device, 'device')
    if (name) bounds.set(name, Math.max(bounds.get(name) ?? 0, deviceSeconds(mount)))
  }
  return [...bounds].map(([name, seconds]) => [`${UNITS}/${name}.d/50-upgrade.conf`, deviceDropIn(seconds)])
}

/** As the step `mounts` reads a line on the host: six fields with one space between them, comments left out. */
function plainLine(line: string): string {
  const fields = line.split(/[ \t]+/).filter((field) => field !== '')
  if (fields.length === 0 || fields[0]?.startsWith('#')) return ''
  return `${Array.from({ length: 6 }, (_, at) => fields[at] ?? '').join(' ')}\n`
}
