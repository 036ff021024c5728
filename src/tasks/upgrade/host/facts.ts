import type { Evr } from '../rpmvercmp.ts'
import type { FstabEntry, Mount } from './tables.ts'

export interface Package extends Evr {
  readonly name: string
  readonly arch: string
}

export interface BlockDevice {
  readonly name: string
  /** `major:minor`. */
  readonly device: string
  /** Device mapper's identity, such as `LVM-...`, `CRYPT-LUKS2-...`, `part1-mpath-...`. */
  readonly dmUuid?: string | undefined
  /** Name below /dev/mapper. */
  readonly dmName?: string | undefined
  /** RAID level of an MD array. */
  readonly mdLevel?: string | undefined
  /** Names of the devices that it is made of. */
  readonly slaves?: readonly string[] | undefined
  /** Kernel modules that drive the hardware, the device's own first, its bus's last; drivers built into the kernel have none. */
  readonly drivers?: readonly string[] | undefined
}

/** What lvm.conf says that the image must know. */
export interface LvmConfiguration {
  /** Name of the devices file below /etc/lvm/devices, when one is in use. */
  readonly devicesFile?: string | undefined
  /** Its lines that keep devices out. */
  readonly filters: readonly string[]
}

export interface LuksDevice {
  readonly name: string
  readonly version: '1' | '2'
  readonly uuid: string
  /** Device below it, such as `/dev/sda3`. */
  readonly backing: string
  /** Whether clevis names a TPM2 binding for it. */
  readonly tpm2: boolean
}

/** What a host is, as far as the upgrade cares. JSON-safe: later steps and `when` of requests see it as `host_facts`. */
export interface HostFacts {
  readonly os: { readonly id: string; readonly versionId: string; readonly name: string }
  readonly kernel: string
  /** As `uname -m` says it. */
  readonly arch: string
  readonly pageSize: number
  readonly cmdline: string
  readonly firmware: 'efi' | 'bios'
  /** Why this must be a container; undefined on a machine of its own. */
  readonly container?: string | undefined
  readonly memoryMib: number
  readonly fstab: readonly FstabEntry[]
  readonly mounts: readonly Mount[]
  readonly blockDevices: readonly BlockDevice[]
  /** Installed ones of the packages that rules ask about. */
  readonly packages: readonly Package[]
  /** The package that owns the booted kernel. */
  readonly bootedKernel?: Package | undefined
  readonly luks: readonly LuksDevice[]
  readonly mdUuids: readonly string[]
  readonly nvme: readonly { readonly name: string; readonly transport: string }[]
  readonly fips: boolean
  /** `SELINUX=` of its configuration. */
  readonly selinux: string
  readonly nics: readonly string[]
  /** Kernel modules that drive the network cards and their buses. */
  readonly nicDrivers?: readonly string[] | undefined
  readonly dnf: { readonly generation: '4' | '5' | 'none'; readonly pluginpath?: string | undefined }
  readonly varRunIsLink: boolean
  readonly cryptoPolicy: string
  /** Those of PATHS_OF_INTEREST that exist. */
  readonly present: readonly string[]
  /** The firmware starts only what is signed. */
  readonly secureBoot?: boolean | undefined
  /** The x86-64 level that the processor reaches, 1 to 4; undefined elsewhere. */
  readonly cpuLevel?: number | undefined
  readonly lvm?: LvmConfiguration | undefined
  /** Hardware watchdogs that are counting, such as `watchdog0 (iTCO_wdt)`. */
  readonly watchdogs?: readonly string[] | undefined
  /** Kernel modules that drive hardware watchdogs, counting or not, and what these are a part of. */
  readonly watchdogDrivers?: readonly string[] | undefined
  /** Dracut modules on the host that no package owns. */
  readonly foreignDracutModules?: readonly string[] | undefined
  /** Lines of the host's own dracut configuration that add to an image, each behind its file. */
  readonly dracutAdditions?: readonly string[] | undefined
}

/** Installed or not decides about rules. */
export const PACKAGES_OF_INTEREST = [
  'kernel-core',
  'kernel-rt-core',
  'kernel-64k-core',
  'kernel-uek-core',
  'lvm2',
  'mdadm',
  'device-mapper-multipath',
  'nvme-cli',
  'cryptsetup',
  'clevis',
  'kpatch-dnf',
] as const

export const KERNEL_PACKAGES: readonly string[] = [
  'kernel-core',
  'kernel-rt-core',
  'kernel-64k-core',
  'kernel-uek-core',
]

export const PATHS_OF_INTEREST = [
  '/etc/lvm/lvm.conf',
  '/etc/lvm/devices',
  '/etc/mdadm.conf',
  '/etc/mdadm.conf.d',
  '/etc/mdadm/mdadm.conf',
  '/etc/mdadm/mdadm.conf.d',
  '/etc/multipath.conf',
  '/etc/multipath/bindings',
  '/etc/multipath/wwids',
  '/etc/multipath/prkeys',
  '/etc/multipath/conf.d',
  '/etc/xdrdevices.conf',
  '/etc/nvme',
  '/etc/nvme/hostid',
  '/etc/nvme/hostnqn',
  '/etc/crypttab',
  '/etc/hosts',
  '/etc/dasd.conf',
  '/etc/zfcp.conf',
  '/etc/dnf/plugins/kpatch.conf',
  '/etc/yum.repos.d/redhat.repo',
  '/usr/sbin/efibootmgr',
  '/usr/bin/bootctl',
] as const

export function isInstalled(facts: HostFacts, name: string): boolean {
  return facts.packages.some((one) => one.name === name)
}

export function isPresent(facts: HostFacts, path: (typeof PATHS_OF_INTEREST)[number]): boolean {
  return facts.present.includes(path)
}
