import type { Addressing, Bond, ClientId, Ethernet, StaticRoute, Vlan, Wanted } from './setup.ts'

export interface NetworkFile {
  readonly name: string
  readonly text: string
}

/** The kernel's names of bond options -> systemd-networkd's. Times are in milliseconds in both. */
const BOND_KEYS: Readonly<Record<string, string>> = {
  mode: 'Mode',
  miimon: 'MIIMonitorSec',
  updelay: 'UpDelaySec',
  downdelay: 'DownDelaySec',
  primary_reselect: 'PrimaryReselectPolicy',
  xmit_hash_policy: 'TransmitHashPolicy',
  min_links: 'MinLinks',
  ad_lacp_rate: 'LACPTransmitRate',
  ad_select: 'AdSelect',
}
const TIMES = ['miimon', 'updelay', 'downdelay']
const DUID_NAMES: Readonly<Record<number, string>> = { 1: 'link-layer-time', 2: 'vendor', 3: 'link-layer', 4: 'uuid' }
const ORDINARY_MTU = 1500

/** One interface's file while it is put together: a device may be wanted for itself and for what is made on it. */
interface Draft {
  readonly link: Ethernet | Bond | Vlan
  readonly vlans: string[]
  bond: { readonly name: string; readonly primary: boolean } | undefined
  addressing: Addressing | undefined
}

/** Files for systemd-networkd and udev that bring up what is wanted, and nothing else. Devices keep the names that the host gave them. */
export function renderNetworkd(wanted: readonly Wanted[]): NetworkFile[] {
  const drafts = new Map<string, Draft>()
  const draft = (link: Draft['link']): Draft => {
    const known = drafts.get(link.name)
    if (known) return known
    const made: Draft = { link, vlans: [], bond: undefined, addressing: undefined }
    drafts.set(link.name, made)
    if (link.kind === 'vlan') draft(link.parent).vlans.push(link.name)
    if (link.kind === 'bond') {
      for (const member of link.members)
        draft(member).bond = { name: link.name, primary: link.options.primary === member.name }
    }
    return made
  }
  for (const { link, addressing } of wanted) draft(link).addressing = addressing
  return [...drafts.values()].flatMap(filesOf).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What is made on a device may have its address as well, so its file has to be looked at first. */
function filesOf(draft: Draft): NetworkFile[] {
  const { link } = draft
  if (link.kind === 'ethernet') {
    const names = /^eth\d+$/.test(link.name) ? [] : [{ name: `10-upgrade-${link.name}.link`, text: linkFile(link) }]
    return [...names, { name: `20-upgrade-${link.name}.network`, text: network(draft, match(link)) }]
  }
  const device = link.kind === 'bond' ? bondDevice(link) : vlanDevice(link)
  return [
    { name: `10-upgrade-${link.name}.netdev`, text: device },
    { name: `10-upgrade-${link.name}.network`, text: network(draft, [`Name=${link.name}`]) },
  ]
}

function match({ mac, permanent }: Ethernet): string[] {
  return permanent ? [`PermanentMACAddress=${mac}`] : [`MACAddress=${mac}`, 'Type=ether', 'Kind=!*']
}

function linkFile(link: Ethernet): string {
  return sections({ Match: match(link).filter((line) => !line.startsWith('Kind=')), Link: [`Name=${link.name}`] })
}

function bondDevice({ name, mac, options }: Bond): string {
  return sections({
    NetDev: [`Name=${name}`, 'Kind=bond', `MACAddress=${mac}`],
    Bond: Object.entries(options).flatMap(([option, value]) => {
      const key = BOND_KEYS[option]
      return key === undefined ? [] : [`${key}=${value}${TIMES.includes(option) ? 'ms' : ''}`]
    }),
  })
}

function vlanDevice({ name, id }: Vlan): string {
  return sections({ NetDev: [`Name=${name}`, 'Kind=vlan'], VLAN: [`Id=${id}`] })
}

function network({ link, vlans, bond, addressing }: Draft, matches: readonly string[]): string {
  const { dhcp4, ra, addresses, routes }: Addressing = addressing ?? {
    dhcp4: undefined,
    ra: false,
    addresses: [],
    routes: [],
  }
  const v6 = ra || addresses.some((address) => address.includes(':'))
  return [
    sections({
      Match: matches,
      Link: link.mtu === ORDINARY_MTU ? [] : [`MTUBytes=${link.mtu}`],
      Network: [
        ...(bond ? [`Bond=${bond.name}`] : []),
        ...(bond?.primary ? ['PrimarySlave=yes'] : []),
        ...vlans.map((name) => `VLAN=${name}`),
        `DHCP=${dhcp4 ? 'ipv4' : 'no'}`,
        `LinkLocalAddressing=${v6 ? 'ipv6' : 'no'}`,
        `IPv6AcceptRA=${ra ? 'yes' : 'no'}`,
        // sshd is the only one who listens.
        ...['LLMNR=no', 'MulticastDNS=no', 'LLDP=no', 'EmitLLDP=no'],
        ...addresses.map((address) => `Address=${address}`),
      ],
      // The lease outlives the image: the new system goes on with it.
      DHCPv4: dhcp4 ? [...clientId(dhcp4), 'SendRelease=no', 'UseHostname=no'] : [],
    }),
    ...routes.map((route) => `\n${sections({ Route: routeLines(route) })}`),
  ].join('')
}

function clientId(id: ClientId): string[] {
  if (id.kind === 'mac') return ['ClientIdentifier=mac']
  return [
    'ClientIdentifier=duid',
    `IAID=${id.iaid}`,
    `DUIDType=${DUID_NAMES[id.type] as string}`,
    `DUIDRawData=${id.data}`,
  ]
}

function routeLines({ to, family, via, metric }: StaticRoute): string[] {
  const everywhere = family === 'inet' ? '0.0.0.0/0' : '::/0'
  return [
    `Destination=${to === 'default' ? everywhere : to}`,
    // The gateway may lie outside of the interface's subnets, as the kernel has been told already.
    ...(via === undefined ? ['Scope=link'] : [`Gateway=${via}`, 'GatewayOnLink=yes']),
    ...(metric === 0 ? [] : [`Metric=${metric}`]),
  ]
}

function sections(all: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(all)
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`)
    .join('\n')
}
