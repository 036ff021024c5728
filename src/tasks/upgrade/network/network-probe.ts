import type { CommandResult } from '../../../remote/types.ts'
import type { Probe } from '../../contract.ts'
import { TaggedLines } from '../host/tagged-lines.ts'
import type { NetworkFacts } from './facts.ts'
import { parseLinks, parseRoutes, parseRules } from './ip-json.ts'
import { profilesOf } from './profiles.ts'

// Of the configuration files only these keys leave the host: others hold passwords.
const KEYS =
  'uuid|id|interface-name|mac-address|method|dhcp-client-id|eap|UUID|DEVICE|HWADDR|BOOTPROTO|DHCP_CLIENT_ID|KEY_MGMT|DHCP|ClientIdentifier'

// Where the controller came to. Under sudo the variable is gone, but a process further up has it.
const ARRIVAL = `
reached=\${SSH_CONNECTION:-} p=$$
while [ -z "$reached" ] && [ "$p" -gt 1 ]; do
  reached=$(tr '\\0' '\\n' <"/proc/$p/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p')
  p=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$p/status" 2>/dev/null); p=\${p:-0}
done
set -f; set -- $reached; set +f
[ -z "\${3:-}" ] || printf '@reached\\t%s\\n' "$3"
[ -z "\${4:-}" ] || printf '@port\\t%s\\n' "$4"
:
`

const SCRIPT = `${ARRIVAL}
if command -v ip >/dev/null; then
  for what in '-d address' '-4 route show' '-6 route show' '-4 rule' '-6 rule'; do
    printf '@ip\\t%s\\t' "$what"; ip -j $what 2>/dev/null | tr -d '\\n'; printf '\\n'
  done
fi
for n in /sys/class/net/*; do
  [ -e "$n/device" ] && printf '@hardware\\t%s\\n' "\${n##*/}"
  [ -e "$n/wireless" ] || [ -e "$n/phy80211" ] && printf '@wireless\\t%s\\n' "\${n##*/}"
done
grep -s -H '' /sys/class/net/*/addr_assign_type
grep -s -H -E '^CLIENTID=' /run/systemd/netif/leases/*
grep -s -H -E '^NETWORK_FILE=' /run/systemd/netif/links/*
grep -s -H -E '^connection-uuid=' /run/NetworkManager/devices/*
for d in /etc/NetworkManager/system-connections /run/NetworkManager/system-connections /usr/lib/NetworkManager/system-connections \\
  /etc/systemd/network /run/systemd/network /usr/lib/systemd/network; do
  [ -d "$d" ] || continue
  find "$d" -type f \\( -name '*.nmconnection' -o -name '*.network' -o -name '*.conf' \\) -exec grep -a -s -H -E '^[[:space:]]*(\\[|(${KEYS})[[:space:]]*=)' {} +
done
grep -a -s -H -E '^[[:space:]]*(${KEYS})=' /etc/sysconfig/network-scripts/ifcfg-*
:
`

/** How the host is connected. Nothing is asked of a network manager: what the kernel has, and the files. */
export const networkProbe: Probe<NetworkFacts> = {
  id: 'upgrade-push/network',
  script: SCRIPT,
  reads: ['tree:/etc/NetworkManager', 'tree:/etc/systemd/network', 'tree:/etc/sysconfig/network-scripts'],
  parse: parseNetworkFacts,
}

const NOTHING = { links: [], routes: [], rules: 0, profiles: {}, clientIds: {} }

/** Asks for nothing but the port, for a set-up that was not asked for. */
export const noNetworkProbe: Probe<NetworkFacts> = {
  id: 'upgrade-push/network/none',
  script: ARRIVAL,
  reads: [],
  parse: ({ stdout }) => ({ ...NOTHING, unknown: 'it was not asked for', port: portOf(new TaggedLines(stdout)) }),
}

export function parseNetworkFacts({ stdout, truncated }: CommandResult): NetworkFacts {
  if (truncated) return { ...NOTHING, unknown: 'its description is larger than 1 MiB' }
  const output = new TaggedLines(stdout)
  const port = portOf(output)
  const answers = new Map(output.tagged('ip').map(([what = '', ...json]) => [what, json.join('\t')]))
  if (answers.size === 0) return { ...NOTHING, port, unknown: 'the host has no program `ip` to tell' }
  const links = parseLinks(answers.get('-d address') ?? '', {
    hardware: names(output, 'hardware'),
    wireless: names(output, 'wireless'),
    fixed: new Set(
      output
        .matching(/^\/sys\/class\/net\/([^/]+)\/addr_assign_type$/)
        .flatMap(({ match, lines }) => (lines[0] === '0' ? [match[1] as string] : [])),
    ),
  })
  if (links === undefined || links.length === 0) {
    return { ...NOTHING, port, unknown: 'its `ip` does not describe the interfaces as JSON' }
  }
  return {
    reached: output.tagged('reached')[0]?.[0],
    port,
    links,
    routes: [
      ...parseRoutes(answers.get('-4 route show') ?? '', 'inet'),
      ...parseRoutes(answers.get('-6 route show') ?? '', 'inet6'),
    ],
    rules: parseRules(answers.get('-4 rule') ?? '') + parseRules(answers.get('-6 rule') ?? ''),
    profiles: profilesOf(links, output),
    clientIds: Object.fromEntries(
      links.flatMap(({ name, index }) => {
        const id = /^CLIENTID=([0-9a-f]+)$/.exec(output.first(`/run/systemd/netif/leases/${index}`) ?? '')?.[1]
        return id === undefined ? [] : [[name, id]]
      }),
    ),
  }
}

function portOf(output: TaggedLines): number | undefined {
  const said = output.tagged('port')[0]?.[0] ?? ''
  return /^[1-9]\d{0,4}$/.test(said) && Number(said) < 65_536 ? Number(said) : undefined
}

function names(output: TaggedLines, tag: string): ReadonlySet<string> {
  return new Set(output.tagged(tag).map(([name = '']) => name))
}
