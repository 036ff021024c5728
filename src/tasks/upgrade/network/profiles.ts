import type { TaggedLines } from '../host/tagged-lines.ts'
import type { Link, Profile } from './facts.ts'

/** One file: `section.key` -> value; keys before any section have no section. */
type Settings = ReadonlyMap<string, string>

/**
 * Which file configures which interface, and what it says about DHCP: systemd-networkd and NetworkManager note the file or the profile's
 * id for each interface; ifcfg files name theirs.
 */
export function profilesOf(links: readonly Link[], output: TaggedLines): { [name: string]: Profile } {
  const keyfiles = files(output, /^\/(?:etc|run|usr\/lib)\/NetworkManager\/system-connections\/.*\.nmconnection$/)
  const scripts = files(output, /^\/etc\/sysconfig\/network-scripts\/ifcfg-[^/]+$/)
  const found: { [name: string]: Profile } = {}
  for (const { name, index, mac } of links) {
    const networkFile = value(output, `/run/systemd/netif/links/${index}`, 'NETWORK_FILE')
    const uuid = value(output, `/run/NetworkManager/devices/${index}`, 'connection-uuid')
    const script = scripts.find(
      ({ settings }) =>
        (uuid !== undefined && settings.get('UUID') === uuid) ||
        settings.get('DEVICE') === name ||
        settings.get('HWADDR')?.toLowerCase() === mac,
    )
    const keyfile = keyfiles.find(({ settings }) => uuid !== undefined && settings.get('connection.uuid') === uuid)
    const profile =
      (networkFile === undefined ? undefined : ofNetworkd(networkFile, output)) ??
      (keyfile && ofKeyfile(keyfile.path, keyfile.settings)) ??
      (script && ofScript(script.path, script.settings))
    if (profile) found[name] = profile
  }
  return found
}

function ofNetworkd(path: string, output: TaggedLines): Profile {
  const parts = [path, ...output.matching(/\.conf$/).flatMap((file) => (isDropIn(file.path, path) ? [file.path] : []))]
  const settings = new Map(parts.flatMap((part) => [...parse(output.lines(part) ?? [])]))
  return {
    path,
    dhcp4: /^(yes|true|on|1|ipv4|both|v4)$/.test(settings.get('Network.DHCP') ?? ''),
    // What counts is the lease: it holds the id that was really sent.
    clientId: undefined,
    dot1x: false,
  }
}

/** `/etc/systemd/network/a.network.d/x.conf` belongs to `a.network` of any folder. */
function isDropIn(conf: string, network: string): boolean {
  return conf.split('/').at(-2) === `${network.split('/').at(-1)}.d`
}

function ofKeyfile(path: string, settings: Settings): Profile {
  return {
    path,
    dhcp4: settings.get('ipv4.method') === 'auto',
    clientId: settings.get('ipv4.dhcp-client-id'),
    dot1x: settings.has('802-1x.eap'),
  }
}

function ofScript(path: string, settings: Settings): Profile {
  return {
    path,
    dhcp4: /^(dhcp|bootp)$/i.test(settings.get('BOOTPROTO') ?? ''),
    clientId: settings.get('DHCP_CLIENT_ID'),
    dot1x: settings.get('KEY_MGMT') === 'IEEE8021X',
  }
}

function files(output: TaggedLines, pattern: RegExp): { path: string; settings: Settings }[] {
  return output.matching(pattern).map(({ path, lines }) => ({ path, settings: parse(lines) }))
}

function value(output: TaggedLines, path: string, key: string): string | undefined {
  return parse(output.lines(path) ?? []).get(key)
}

/** INI with sections, or `KEY="value"` of the shell. */
function parse(lines: readonly string[]): Settings {
  const settings = new Map<string, string>()
  let section = ''
  for (const line of lines) {
    const heading = /^\s*\[([^\]]+)\]/.exec(line)
    if (heading) section = `${heading[1]}.`
    const setting = /^\s*([A-Za-z0-9_-]+)\s*=\s*(["']?)(.*?)\2\s*$/.exec(line)
    if (setting) settings.set(`${section}${setting[1]}`, setting[3] as string)
  }
  return settings
}
