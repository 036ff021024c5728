/** One way to an address range, as far as a link's own subnets don't tell it. */
export interface StaticRoute {
  /** `default` or a prefix. */
  readonly to: string
  readonly family: 'inet' | 'inet6'
  /** Undefined: directly on the link. */
  readonly via: string | undefined
  readonly metric: number
}

/** How the DHCPv4 client calls itself: a server may give another name another address. */
export type ClientId =
  | { readonly kind: 'mac' }
  /** RFC 4361: two numbers and bytes, DUID type as in RFC 8415. */
  | { readonly kind: 'duid'; readonly iaid: number; readonly type: number; readonly data: string }

/** What an interface is given. */
export interface Addressing {
  /** Undefined: no DHCPv4. */
  readonly dhcp4: ClientId | undefined
  /** IPv6 from the routers' advertisements. */
  readonly ra: boolean
  /** `address/prefix`. */
  readonly addresses: readonly string[]
  readonly routes: readonly StaticRoute[]
}

interface Common {
  readonly name: string
  readonly mtu: number
}

/** A device, told by its hardware address. */
export interface Ethernet extends Common {
  readonly kind: 'ethernet'
  readonly mac: string
  /** The address is the device's own: nothing made on it has it, too. */
  readonly permanent: boolean
}

export interface Bond extends Common {
  readonly kind: 'bond'
  readonly mac: string
  readonly members: readonly Ethernet[]
  /** As the kernel calls them, such as `mode: active-backup`, `miimon: 100` (ms); only what differs from its defaults. */
  readonly options: Readonly<Record<string, string>>
}

export interface Vlan extends Common {
  readonly kind: 'vlan'
  readonly id: number
  readonly parent: Ethernet | Bond
}

/** An interface that the image shall bring up. */
export interface Wanted {
  readonly link: Ethernet | Bond | Vlan
  readonly addressing: Addressing
}

/** What the image does to be where the host is, or why it does not. */
export type NetworkPlan =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'own'
      readonly wanted: readonly Wanted[]
      /** What of the host's network it leaves out, and why. */
      readonly notes: readonly string[]
    }

/** In words: `bond0.5 (VLAN 5 on bond0 of eth0 and eth1): 10.0.0.5/24, default by 10.0.0.1`. */
export function describe(wanted: readonly Wanted[]): string {
  return wanted.map(({ link, addressing }) => `${linkInWords(link)}: ${addressingInWords(addressing)}`).join('; ')
}

function linkInWords(link: Wanted['link']): string {
  if (link.kind === 'ethernet') return link.name
  if (link.kind === 'bond') return `${link.name} (bond of ${link.members.map(({ name }) => name).join(' and ')})`
  return `${link.name} (VLAN ${link.id} on ${linkInWords(link.parent)})`
}

function addressingInWords({ dhcp4, ra, addresses, routes }: Addressing): string {
  return [
    ...(dhcp4 ? ['DHCP'] : []),
    ...(ra ? ['IPv6 by router advertisements'] : []),
    ...addresses,
    ...routes.map(({ to, via }) => `${to} by ${via ?? 'the link'}`),
  ].join(', ')
}
