import type { ValueMap } from '../../expression/values.ts'
import type { RawFacts } from './facts-probe.ts'

/** Interfaces, their addresses, and the one that the default route leaves by. */
export function network({ files, commands }: RawFacts): ValueMap {
  const addresses = parseAddresses(commands.get('ip') ?? '')
  const links = parseLinks(commands.get('link') ?? '')
  const route = defaultRoute(files.get('/proc/net/route') ?? [])
  const v4 = addresses.filter(({ family, address }) => family === 'inet' && !address.startsWith('127.'))
  const v6 = addresses.filter(({ family, address }) => family === 'inet6' && address !== '::1')
  const own = route && addresses.find(({ family, device }) => family === 'inet' && device === route.device)
  return {
    ansible_interfaces: [...links.keys()],
    ansible_all_ipv4_addresses: v4.map(({ address }) => address),
    ansible_all_ipv6_addresses: v6.map(({ address }) => address),
    ansible_default_ipv4: route
      ? {
          interface: route.device,
          gateway: route.gateway,
          ...(own ? { address: own.address, prefix: own.prefix } : {}),
          ...links.get(route.device),
        }
      : {},
  }
}

function parseAddresses(text: string): { device: string; family: string; address: string; prefix: string }[] {
  return [...text.matchAll(/^\d+:\s+(\S+)\s+(inet6?)\s+([0-9a-fA-F.:]+)(?:\/(\d+))?/gm)].map(
    ([, device = '', family = '', address = '', prefix = '']) => ({ device, family, address, prefix }),
  )
}

function parseLinks(text: string): Map<string, ValueMap> {
  const links = new Map<string, ValueMap>()
  for (const [, name = '', rest = ''] of text.matchAll(/^\d+:\s+([^:@\s]+)(?:@[^:]+)?:(.*)$/gm)) {
    const mtu = /\bmtu (\d+)/.exec(rest)?.[1]
    const mac = /\blink\/ether ([0-9a-f:]+)/.exec(rest)?.[1]
    links.set(name, {
      ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
      ...(mac === undefined ? {} : { macaddress: mac }),
    })
  }
  return links
}

/** /proc/net/route has addresses as little-endian hexadecimal numbers; of several default routes the lowest metric counts. */
function defaultRoute(lines: readonly string[]): { device: string; gateway: string } | undefined {
  const routes = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, destination, , flags, , , , mask]) =>
        destination === '00000000' && mask === '00000000' && (Number.parseInt(flags ?? '0', 16) & 1) === 1,
    )
    .sort((a, b) => Number(a[6]) - Number(b[6]))
  const [device, , gateway = ''] = routes[0] ?? []
  if (device === undefined) return undefined
  const bytes = gateway.match(/../g) ?? []
  return {
    device,
    gateway: bytes
      .reverse()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.'),
  }
}
