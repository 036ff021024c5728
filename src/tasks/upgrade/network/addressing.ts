import type { Address, Link, NetworkFacts, Route } from './facts.ts'
import { NotPlain } from './plain.ts'
import type { Addressing, ClientId, StaticRoute } from './setup.ts'

/** Routes that come by themselves: with an address, a lease or an advertisement. */
const BY_ITSELF = ['kernel', 'dhcp', 'ra', 'redirect']

/**
 * What an interface is given now, so that the image can be given the same.
 *
 * @throws NotPlain when it can't.
 */
export function addressingOf(link: Link, facts: NetworkFacts): Addressing {
  const profile = facts.profiles[link.name]
  if (profile?.dot1x) throw new NotPlain(`${link.name} has to log in to its port (802.1X, ${profile.path})`)
  const global = link.addresses.filter(({ scope }) => scope === 'global' || scope === 'site')
  const far = global.find(({ peer, local }) => peer !== undefined && peer !== local)
  if (far) throw new NotPlain(`${link.name} has a point-to-point address (${far.local} to ${far.peer})`)

  const v4 = global.filter(({ family }) => family === 'inet')
  const v6 = global.filter(({ family, temporary }) => family === 'inet6' && !temporary)
  // A lease for ever does not look like one.
  const leased = v4.some(({ dynamic }) => dynamic) || (profile?.dhcp4 === true && v4.length === 1)
  const kept = v4.filter(({ dynamic }) => !dynamic && !(leased && v4.length === 1))
  const routes = facts.routes.filter(({ dev, ways }) => dev === link.name || ways.includes(link.name))
  const ra = v6.some(({ dynamic }) => dynamic) || routes.some(({ protocol }) => protocol === 'ra')
  const addresses = [...kept, ...v6.filter(({ dynamic }) => !dynamic)].map(({ local, prefix }) => `${local}/${prefix}`)
  if (!leased && !ra && addresses.length === 0) throw new NotPlain(`${link.name} has no address`)
  return {
    dhcp4: leased ? clientIdOf(link, facts) : undefined,
    ra,
    addresses: addresses.sort(),
    routes: routes.flatMap((route) => staticRoute(route, link, leased)),
  }
}

function staticRoute(route: Route, link: Link, leased: boolean): StaticRoute[] {
  const { family, to, via, metric, protocol } = route
  if (route.ways.length > 0) throw new NotPlain(`the route to ${to} has several ways, one by ${link.name}`)
  if (BY_ITSELF.includes(protocol)) return []
  // Older DHCP clients make the lease's routes as a person would.
  if (leased && family === 'inet' && to === 'default') return []
  if (![to, via ?? ''].every((text) => /^[0-9a-f.:/]*$|^default$/.test(text)))
    throw new NotPlain(`${link.name} has a route of an unknown kind (${to})`)
  return [{ to, family, via, metric }]
}

/** Id of the hardware type Ethernet in a client id made of an address. */
const ETHERNET = '01'
const RFC4361 = 'ff'
/** DUIDs by time, vendor, address and UUID. */
const DUID_TYPES = [1, 2, 3, 4]

function clientIdOf(link: Link, { clientIds, profiles }: NetworkFacts): ClientId {
  const sent = clientIds[link.name]
  const mac = link.mac.replaceAll(':', '')
  if (sent?.startsWith(RFC4361) && sent.length >= 16) {
    const type = Number.parseInt(sent.slice(10, 14), 16)
    const data = (sent.slice(14).match(/../g) ?? []).join(':')
    if (DUID_TYPES.includes(type)) return { kind: 'duid', iaid: Number.parseInt(sent.slice(2, 10), 16), type, data }
  }
  if (sent !== undefined && sent !== ETHERNET + mac) {
    throw new NotPlain(`the DHCP client of ${link.name} calls itself ${sent}, which the image's can't`)
  }
  const profile = profiles[link.name]
  const asked = profile?.clientId?.toLowerCase().replaceAll(':', '')
  if (sent === undefined && asked !== undefined && !['mac', 'perm-mac', ETHERNET + mac].includes(asked)) {
    throw new NotPlain(`the DHCP client of ${link.name} has a name of its own (${profile?.path})`)
  }
  return { kind: 'mac' }
}

/** Whether the interface will have this address in the image as well. */
export function keeps(
  { dhcp4, addresses }: Addressing,
  { local, prefix, dynamic, family }: Address,
  mac: string,
): boolean {
  if (addresses.includes(`${local}/${prefix}`)) return true
  if (family === 'inet') return dhcp4 !== undefined
  return dynamic && prefix < 128 && local.endsWith(interfaceId(mac))
}

/** The end of an IPv6 address that is made of a hardware address (EUI-64), as it is written. */
function interfaceId(mac: string): string {
  const bytes = mac.split(':').map((text) => Number.parseInt(text, 16))
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes
  const word = (high: number, low: number) => ((high << 8) | low).toString(16)
  return `:${word(a ^ 2, b)}:${word(c, 0xff)}:${word(0xfe, d)}:${word(e, f)}`
}
