import type { Addressing, Bond, Ethernet, Wanted } from './setup.ts'

const ORDINARY_MTU = 1500

/**
 * The same for dracut's own command line (dracut.cmdline(7)), which NetworkManager reads in an image that has no systemd-networkd.
 * Client ids are left to it.
 */
export function renderDracut(wanted: readonly Wanted[]): string[] {
  const args = new Set<string>(['rd.neednet=1'])
  for (const { link, addressing } of wanted) {
    const base = link.kind === 'vlan' ? link.parent : link
    for (const device of base.kind === 'bond' ? base.members : [base]) nameOf(device, args)
    if (base.kind === 'bond') args.add(bondOf(base))
    if (link.kind === 'vlan') args.add(`vlan=${link.name}:${link.parent.name}`)
    for (const text of addressesOf(link.name, link.mtu, addressing)) args.add(text)
    for (const { to, via } of addressing.routes) {
      if (to !== 'default')
        args.add(`rd.route=${bracketed(to)}:${via === undefined ? '' : bracketed(via)}:${link.name}`)
    }
  }
  return [...args].sort()
}

/** dracut advises against giving a device one of the kernel's own names: these are what it gets by itself. */
function nameOf({ name, mac }: Ethernet, args: Set<string>): void {
  if (!/^eth\d+$/.test(name)) args.add(`ifname=${name}:${mac}`)
}

function bondOf({ name, members, options, mtu }: Bond): string {
  const list = Object.entries(options).map(([option, value]) => `${option}=${value}`)
  const end = mtu === ORDINARY_MTU ? '' : `:${mtu}`
  return `bond=${name}:${members.map((member) => member.name).join(',')}:${list.join(',')}${end}`
}

/** `ip=ADDRESS::GATEWAY:PREFIX::INTERFACE:none[:MTU]` for each address; the gateway stands with the first one of its family. */
function addressesOf(name: string, mtu: number, { dhcp4, ra, addresses, routes }: Addressing): string[] {
  const end = mtu === ORDINARY_MTU ? '' : `:${mtu}`
  const gateways = new Map(routes.flatMap(({ to, family, via }) => (to === 'default' && via ? [[family, via]] : [])))
  return [
    ...(dhcp4 ? [`ip=${name}:dhcp${end}`] : []),
    ...(ra ? [`ip=${name}:auto6${end}`] : []),
    ...addresses.map((text) => {
      const [address = '', prefix = ''] = text.split('/')
      const family = address.includes(':') ? 'inet6' : 'inet'
      const gateway = gateways.get(family)
      gateways.delete(family)
      return `ip=${bracketed(address)}::${gateway === undefined ? '' : bracketed(gateway)}:${prefix}::${name}:none${end}`
    }),
  ]
}

/** IPv6 addresses have colons of their own. */
function bracketed(text: string): string {
  const [address = '', prefix] = text.split('/')
  const shown = address.includes(':') ? `[${address}]` : address
  return prefix === undefined ? shown : `${shown}/${prefix}`
}
