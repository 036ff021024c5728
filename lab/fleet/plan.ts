/**
 * What is special about a host:
 * plain nothing; lvm LVM with a configuration of its own, kernel arguments in GRUB's environment; requests asks for modules;
 * small-boot has no room for another image; conflict asks for one module from two places; down does not answer;
 * rekeyed has another host key than known_hosts says.
 */
export type HostKind = 'plain' | 'lvm' | 'requests' | 'small-boot' | 'conflict' | 'down' | 'rekeyed'

export interface HostSpec {
  name: string
  kind: HostKind
  /** Size of the filesystem on /boot in MiB. */
  bootMiB?: number
}

export interface PlannedHost extends Required<HostSpec> {
  address: string
}

export const SSH_PORT = 2222
export const REPO_PORT = 8808
const FIRST_HOST = 10
const MOST_HOSTS = 240

/** LabOS 8's kernel and initramfs take 35 MiB: these leave room for nothing as big again. */
const SMALL_BOOT_MIB = 44
const BOOT_MIB = 512

/** The address of a fleet's repository server; every fleet has a /24 of loopback for itself. */
export function repoAddress(block: number): string {
  return `127.23.${block}.1`
}

/** The hosts of the demo: as many plain ones as asked for, and one of each special kind. */
export function demoHosts(plain: number): HostSpec[] {
  return [
    ...Array.from({ length: plain }, (_, i): HostSpec => ({ name: `web${i + 1}`, kind: 'plain' })),
    { name: 'lvm1', kind: 'lvm' },
    { name: 'req1', kind: 'requests' },
    { name: 'small1', kind: 'small-boot' },
    { name: 'conflict1', kind: 'conflict' },
    { name: 'down1', kind: 'down' },
    { name: 'rekeyed1', kind: 'rekeyed' },
  ]
}

/**
 * Gives each host its address and defaults.
 *
 * @throws Error for a bad or double name, or more hosts than a block has addresses.
 */
export function planHosts(specs: readonly HostSpec[], block: number): PlannedHost[] {
  if (specs.length > MOST_HOSTS) throw new Error(`a fleet has at most ${MOST_HOSTS} hosts, not ${specs.length}`)
  const seen = new Set<string>()
  return specs.map((spec, i) => {
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(spec.name))
      throw new Error(`'${spec.name}' is no host name: a-z, 0-9 and - only`)
    if (seen.has(spec.name)) throw new Error(`host name '${spec.name}' is there twice`)
    seen.add(spec.name)
    return {
      ...spec,
      bootMiB: spec.bootMiB ?? (spec.kind === 'small-boot' ? SMALL_BOOT_MIB : BOOT_MIB),
      address: `127.23.${block}.${FIRST_HOST + i}`,
    }
  })
}
