import { dirname } from 'node:path/posix'
import { mountOf } from '../host/tables.ts'
import type { Obstacle } from './driver.ts'
import type { BootFacts, GrubConfig, GrubEnvironment } from './facts.ts'
import { GRUBENV_SIZE, parseGrubenv } from './grubenv.ts'

/** The configuration that GRUB runs and the environment block beside it. */
export interface GrubPlace {
  readonly config: GrubConfig
  readonly environment: GrubEnvironment | undefined
}

/** Folder below EFI/ by os-release ID where they differ. */
const EFI_FOLDERS: Readonly<Record<string, string>> = { rhel: 'redhat', ol: 'redhat' }

/**
 * Firmware decides: BIOS runs /boot/grub2/grub.cfg; EFI runs the one in its vendor's folder, which since EL 9 only leads to the former.
 * Undefined when there is none, or several of vendors that are not this system's.
 */
export function grubPlace({ host, loader }: BootFacts): GrubPlace | undefined {
  const own = loader.grubConfigs.find(({ path }) => /^\/boot\/grub2?\//.test(path))
  const onEsp = loader.grubConfigs.filter(({ path }) => path.startsWith('/boot/efi/EFI/'))
  const vendor = `/boot/efi/EFI/${EFI_FOLDERS[host.os.id] ?? host.os.id}/grub.cfg`
  const config =
    host.firmware === 'bios' || onEsp.length === 0
      ? own
      : onEsp.length === 1
        ? onEsp[0]
        : onEsp.find(({ path }) => path === vendor)
  const real = config?.stub ? own : config
  if (!real) return undefined
  const folder = dirname(real.path)
  return { config: real, environment: loader.grubEnvironments.find(({ path }) => dirname(path) === folder) }
}

/** File systems on which GRUB writes nothing. */
const UNWRITABLE = new Set(['btrfs', 'zfs', 'squashfs', 'romfs', 'iso9660'])

/** What keeps GRUB from clearing a one-shot choice: then every boot would be ours, not one. */
export function environmentObstacle(facts: BootFacts, place: GrubPlace): Obstacle | undefined {
  const { environment } = place
  const folder = dirname(place.config.path)
  if (!environment) {
    return {
      key: 'grubenv_missing',
      title: 'GRUB has no environment block',
      detail: `there is no grubenv beside ${place.config.path}, so GRUB can't be told to boot an entry once`,
      remedy: `Make one: grub2-editenv ${folder}/grubenv create`,
    }
  }
  if (environment.size !== GRUBENV_SIZE) {
    return {
      key: 'grubenv_size',
      title: 'GRUB’s environment block is damaged',
      detail: `${environment.path} has ${environment.size} bytes, it must have ${GRUBENV_SIZE}`,
      remedy: `Save what it holds (grub2-editenv ${environment.path} list), make it anew (rm it, grub2-editenv ${environment.path} create), and set saved_entry again.`,
    }
  }
  try {
    parseGrubenv(environment.text)
  } catch (error) {
    return {
      key: 'grubenv_damaged',
      title: 'GRUB’s environment block is damaged',
      detail: `${environment.path}: ${(error as Error).message}`,
      remedy: `Make it anew: rm it, grub2-editenv ${environment.path} create, and set saved_entry again.`,
    }
  }
  return storageObstacle(facts, environment)
}

function storageObstacle({ host }: BootFacts, environment: GrubEnvironment): Obstacle | undefined {
  const mount = mountOf(host.mounts, environment.realPath)
  if (!mount) return undefined
  const device = host.blockDevices.find((one) => one.device === mount.device)
  const why = UNWRITABLE.has(mount.type)
    ? `on ${mount.type}`
    : device?.dmUuid?.startsWith('LVM-')
      ? 'on LVM'
      : device?.mdLevel !== undefined || /^\/dev\/md/.test(mount.source)
        ? `on an MD array${device?.mdLevel ? ` (${device.mdLevel})` : ''}`
        : device?.dmUuid?.startsWith('CRYPT-')
          ? 'on an encrypted device'
          : mount.options.includes('ro')
            ? 'on a file system that is mounted read-only'
            : undefined
  if (why === undefined) return undefined
  return {
    key: 'grubenv_unwritable',
    title: 'GRUB can’t write its environment block',
    detail: `${environment.realPath} lies ${why} (${mount.source} at ${mount.point}): a one-shot choice would never clear, and every boot would be the upgrade's`,
    remedy: 'Move /boot to a plain partition with ext4, XFS or vfat.',
  }
}

/** The block that GRUB uses now, and where a newer GRUB's package moves it from the EFI system partition. */
export function environmentBlocks(facts: BootFacts): readonly string[] {
  const now = grubPlace(facts)?.environment?.realPath
  return [...new Set([...(now === undefined ? [] : [now]), '/boot/grub2/grubenv', '/boot/grub/grubenv'])]
}

/** The environment's variables; empty when there is none that can be read, which `environmentObstacle` reports. */
export function environmentVariables(environment: GrubEnvironment | undefined): ReadonlyMap<string, string> {
  if (!environment) return new Map()
  try {
    return parseGrubenv(environment.text)
  } catch {
    return new Map()
  }
}
