import type { Link } from './facts.ts'
import type { Bond, Ethernet, Vlan } from './setup.ts'

/** Why an interface is none that the image could bring up. */
export class NotPlain extends Error {
  override name = 'NotPlain'
}

/**
 * Describes an interface with everything below it: a device, a VLAN on a device or a bond, or a bond of devices.
 *
 * @throws NotPlain for anything else.
 */
export function plainLink(link: Link, links: readonly Link[]): Ethernet | Bond | Vlan {
  if (link.master !== undefined) throw new NotPlain(`${link.name} is a part of ${link.master}`)
  if (link.kind === 'bond') return bond(link, links)
  if (link.kind === 'vlan') return vlan(link, links)
  return ethernet(link, links)
}

function ethernet(link: Link, links: readonly Link[]): Ethernet {
  const { name, mtu, kind } = link
  if (kind !== undefined && kind !== '')
    throw new NotPlain(`${name} is a ${kind}, neither a device nor a VLAN or a bond`)
  if (link.wireless) throw new NotPlain(`${name} is wireless`)
  if (!link.hardware || link.type !== 'ether') throw new NotPlain(`${name} is no Ethernet device (${link.type})`)
  const mac = link.permanentMac ?? link.mac
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) throw new NotPlain(`${name} has no hardware address`)
  const twin = links.find((other) => other !== link && other.hardware && (other.permanentMac ?? other.mac) === mac)
  if (twin) throw new NotPlain(`${name} and ${twin.name} have the same hardware address`)
  if (link.permanentMac !== undefined && link.master === undefined && link.permanentMac !== link.mac) {
    throw new NotPlain(`${name} was given another hardware address (${link.mac}) than its own`)
  }
  return { kind: 'ethernet', name, mtu, mac, permanent: link.permanentMac !== undefined }
}

function vlan({ name, mtu, parent, details }: Link, links: readonly Link[]): Vlan {
  const below = links.find((link) => link.name === parent)
  const { id, protocol } = details
  if (below === undefined) throw new NotPlain(`${name} is a VLAN on nothing that is known`)
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > 4094)
    throw new NotPlain(`${name} is a VLAN without a number`)
  if (protocol !== undefined && protocol !== '802.1Q')
    throw new NotPlain(`${name} is a VLAN of the kind ${String(protocol)}, not 802.1Q`)
  const made = plainLink(below, links)
  if (made.kind === 'vlan') throw new NotPlain(`${name} is a VLAN in a VLAN`)
  return { kind: 'vlan', name, mtu, id, parent: made }
}

/** What the kernel does by itself: not worth saying. */
const DEFAULTS: Readonly<Record<string, readonly (string | number | null)[]>> = {
  mode: [],
  miimon: [0],
  updelay: [0],
  downdelay: [0],
  primary: [],
  primary_reselect: ['always'],
  xmit_hash_policy: ['layer2'],
  min_links: [0],
  ad_lacp_rate: ['slow'],
  ad_select: ['stable'],
}
/** Options that change what the bond is on the wire, and that the image does not know how to say. */
const REFUSED: Readonly<Record<string, readonly (string | number | null)[]>> = {
  arp_interval: [0],
  fail_over_mac: ['none'],
}

function bond(link: Link, links: readonly Link[]): Bond {
  const { name, mtu, mac, details } = link
  for (const [option, plain] of Object.entries(REFUSED)) {
    const value = details[option]
    if (value !== undefined && !plain.includes(value as string))
      throw new NotPlain(`the bond ${name} has ${option} ${String(value)}`)
  }
  const members = links
    .filter(({ master }) => master === name)
    .map((member) => ethernet(member, links))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  if (members.length === 0) throw new NotPlain(`the bond ${name} has no members`)
  const options: Record<string, string> = {}
  for (const [option, plain] of Object.entries(DEFAULTS)) {
    const value = details[option]
    if (typeof value !== 'string' && typeof value !== 'number') continue
    if (!/^[A-Za-z0-9._+-]+$/.test(String(value))) throw new NotPlain(`the bond ${name} has a strange ${option}`)
    if (!plain.includes(value)) options[option] = String(value)
  }
  if (options.mode === undefined) throw new NotPlain(`the mode of the bond ${name} is unknown`)
  return { kind: 'bond', name, mtu, mac, members, options }
}
