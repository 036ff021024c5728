import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planNetwork } from '../../../../src/tasks/upgrade/network/decide.ts'
import { parseNetworkFacts } from '../../../../src/tasks/upgrade/network/network-probe.ts'
import { renderDracut } from '../../../../src/tasks/upgrade/network/render-dracut.ts'
import { renderNetworkd } from '../../../../src/tasks/upgrade/network/render-networkd.ts'
import { requestFile } from '../../../../src/tasks/upgrade/request.ts'
import { probeOutput } from './probe-output.ts'

const facts = (stdout: string) => parseNetworkFacts({ code: 0, stdout, stderr: '', truncated: false })

/** Texts that a host could put where a name or an address is expected. */
const strange = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'eth0',
    'a b',
    '../x',
    'x\nDHCP=yes',
    '$(reboot)',
    '[Route]',
    '10.0.0.1',
    "it's",
    'default',
    'fe80::1%eth0',
  ),
)
/** A VLAN on a bond, with a device of its own beside it: everything that can be rendered. */
const HOST = {
  address: [
    {
      ...{ ifindex: 1, ifname: 'ens1', link_type: 'ether', address: '52:54:00:00:00:01', mtu: 9000 },
      addr_info: [{ family: 'inet', local: '192.0.2.5', prefixlen: 24, scope: 'global', dynamic: true }],
    },
    {
      ...{ ifindex: 2, ifname: 'ens2', link_type: 'ether', address: '52:54:00:00:00:02', master: 'bond0' },
      linkinfo: { info_slave_data: { perm_hwaddr: '52:54:00:00:00:02' } },
    },
    {
      ...{ ifindex: 3, ifname: 'bond0', link_type: 'ether', address: '52:54:00:00:00:02' },
      linkinfo: { info_kind: 'bond', info_data: { mode: 'active-backup', miimon: 100, primary: 'ens2' } },
    },
    {
      ...{ ifindex: 4, ifname: 'bond0.5', link_type: 'ether', address: '52:54:00:00:00:02', link: 'bond0' },
      linkinfo: { info_kind: 'vlan', info_data: { id: 5, protocol: '802.1Q' } },
      addr_info: [
        { family: 'inet', local: '10.5.0.5', prefixlen: 24, scope: 'global' },
        { family: 'inet6', local: '2001:db8::5', prefixlen: 64, scope: 'global' },
      ],
    },
  ],
  route4: [
    { dst: 'default', gateway: '10.5.0.1', dev: 'bond0.5', protocol: 'static', metric: 10 },
    { dst: '10.0.0.0/8', gateway: '10.5.0.2', dev: 'bond0.5', protocol: 'static' },
  ],
  hardware: ['ens1', 'ens2'],
  assigned: { ens1: 0, ens2: 0 },
  reached: '192.0.2.5',
}

/** Every place of a value in it that a host could fill with something else. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, part]) => placesOf(part, [...path, key]))
}

function put(value: unknown, [key, ...rest]: readonly string[], text: string): unknown {
  if (key === undefined) return text
  const parts = value as Record<string, unknown>
  if (Array.isArray(value)) return value.map((part, at) => (String(at) === key ? put(part, rest, text) : part))
  return { ...parts, [key]: put(parts[key], rest, text) }
}

const places = placesOf({ address: HOST.address, route4: HOST.route4 })

test('whatever a host answers, there is a plan or a reason', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(['none', 'own']).toContain(planNetwork(facts(text)).kind)
      expect(['none', 'own']).toContain(planNetwork(facts(`@ip\t-d address\t${text}\n@ip\t-4 rule\t${text}`)).kind)
    }),
  )
})

test('nothing of a host gets out of its place in a file, a file name or a kernel argument', () => {
  let plans = 0
  fc.assert(
    fc.property(fc.constantFrom(...places), strange, (place, text) => {
      const plan = planNetwork(facts(probeOutput(put(HOST, place, text) as typeof HOST)))
      if (plan.kind === 'none') return
      plans++
      for (const file of renderNetworkd(plan.wanted)) {
        expect(file.name).toMatch(/^[12]0-upgrade-[A-Za-z0-9][A-Za-z0-9._-]*\.(link|netdev|network)$/)
        for (const line of file.text.split('\n')) {
          expect(line).toMatch(
            /^$|^\[(Match|Link|Network|DHCPv4|Route|NetDev|Bond|VLAN)\]$|^[A-Za-z0-9]+=[A-Za-z0-9.:/+!*_-]*$/,
          )
        }
      }
      const add = renderDracut(plan.wanted)
      expect(requestFile.safeParse({ kernel_args: { add } }).success, JSON.stringify(add)).toBe(true)
    }),
    { numRuns: 1000 },
  )
  expect(plans).toBeGreaterThan(100)
})
