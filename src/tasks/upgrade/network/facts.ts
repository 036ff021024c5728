/** An address of an interface, as `ip -j address` says it. */
export interface Address {
  readonly family: 'inet' | 'inet6'
  readonly local: string
  readonly prefix: number
  readonly scope: string
  /** It was given for a time: DHCP, or an IPv6 router's advertisement. */
  readonly dynamic: boolean
  /** A privacy address, which changes by itself. */
  readonly temporary: boolean
  /** The other end of a point-to-point link. */
  readonly peer: string | undefined
}

/** A network interface as it is now. */
export interface Link {
  readonly index: number
  readonly name: string
  /** Kind of its hardware address: `ether`, `loopback`, `infiniband`, ... */
  readonly type: string
  /** Kind of a virtual one, such as `vlan`, `bond`, `bridge`, `team`, `wireguard`, `veth`. */
  readonly kind: string | undefined
  /** There is a device behind it. */
  readonly hardware: boolean
  readonly wireless: boolean
  readonly mac: string
  /** The address that the device came with, where that is known: it is there again in another boot, whatever the system made of it. */
  readonly permanentMac: string | undefined
  readonly mtu: number
  /** The interface that it is part of. */
  readonly master: string | undefined
  /** The interface that it is made on. */
  readonly parent: string | undefined
  /** Details of its kind, such as a VLAN's `id` or a bond's `mode`. */
  readonly details: Readonly<Record<string, unknown>>
  readonly addresses: readonly Address[]
}

/** A route of the main table. */
export interface Route {
  readonly family: 'inet' | 'inet6'
  /** `default`, an address or a prefix. */
  readonly to: string
  readonly via: string | undefined
  readonly dev: string | undefined
  /** Who made it: `kernel`, `dhcp`, `ra`, `static`, `boot`. */
  readonly protocol: string
  readonly metric: number
  /** Interfaces of a route with several ways. */
  readonly ways: readonly string[]
}

/** How an interface is configured to get its IPv4 address, by whoever looks after it. */
export interface Profile {
  /** File that says it. */
  readonly path: string
  readonly dhcp4: boolean
  /** What the DHCP client calls itself, as the file writes it. */
  readonly clientId: string | undefined
  /** The port lets nobody in without a log-in (802.1X). */
  readonly dot1x: boolean
}

/** A host's own network set-up, as far as an image could do the same. */
export interface NetworkFacts {
  /** Why nothing is known; the rest is empty then. */
  readonly unknown?: string | undefined
  /** The host's address to which the controller is connected. */
  readonly reached?: string | undefined
  /** The port of its sshd that the controller is connected to, which need not be the one that was dialled. */
  readonly port?: number | undefined
  readonly links: readonly Link[]
  readonly routes: readonly Route[]
  /** Rules of routing beyond the kernel's own three. */
  readonly rules: number
  /** By interface name. */
  readonly profiles: { readonly [name: string]: Profile }
  /** Client id of the DHCP lease that systemd-networkd has, in hex, by interface name. */
  readonly clientIds: { readonly [name: string]: string }
}
