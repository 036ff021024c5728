import type { Asked, ImageNetwork, MergedRequest } from '../request.ts'

/** Names of our own dracut modules: an image without them is no upgrade image. */
export const OUR_MODULES: readonly string[] = ['sys-upgrade', 'sys-upgrade-redhat']
/** Units that our modules bring. */
export const OUR_UNITS: readonly string[] = ['upgrade-console.service', 'upgrade.service', 'upgrade.target']

/** Our dracut module that brings the network and sshd, where they are asked for; the units of it. */
export const NETWORK_MODULE = 'sys-upgrade-network'
const SSHD_UNIT = 'upgrade-sshd.service'
const NETWORKD_UNIT = 'upgrade-network.service'

/** What an image must hold when it is read back. All lists are sorted and free of duplicates. */
export interface WantedImage {
  /** Names of dracut modules. */
  readonly modules: readonly string[]
  /** Kernel drivers by name, or `=subdir` of the kernel's tree. */
  readonly drivers: readonly string[]
  /** Drivers that are taken along if the kernel has them. */
  readonly optionalDrivers?: readonly string[] | undefined
  readonly units: readonly string[]
  /** Absolute paths as seen in the container. */
  readonly files: readonly string[]
  readonly lvmconf: boolean
  readonly mdadmconf: boolean
  /** UUIDs of RAID arrays that the initramfs must assemble. */
  readonly arrays: readonly string[]
  /** Program that packs the image, with its options; undefined leaves the choice to dracut. */
  readonly compress?: string | undefined
  readonly network?: ImageNetwork | undefined
}

/** @param arrays UUIDs of the host's RAID arrays; they count when the request says so. */
export function wantedImage(
  { upgrade, lvmconf, mdadmconf, network }: MergedRequest,
  arrays: readonly string[],
  compress?: string,
): WantedImage {
  const optional = upgrade.kernelModules.filter(({ value }) => value.optional)
  const names = (asked: readonly Asked<{ readonly name: string }>[]) => asked.map(({ value }) => value.name)
  return {
    modules: unique([...OUR_MODULES, ...(network ? [NETWORK_MODULE] : []), ...names(upgrade.dracutModules)]),
    drivers: unique(names(upgrade.kernelModules.filter(({ value }) => !value.optional))),
    ...(optional.length > 0 && { optionalDrivers: unique(names(optional)) }),
    units: [
      ...(network && network.files.length > 0 ? [NETWORKD_UNIT] : []),
      ...(network ? [SSHD_UNIT] : []),
      ...OUR_UNITS,
    ],
    files: unique(upgrade.includeFiles.map(({ value }) => value)),
    lvmconf,
    mdadmconf,
    arrays: mdadmconf ? unique(arrays) : [],
    ...(compress === undefined ? {} : { compress }),
    ...(network ? { network } : {}),
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}
