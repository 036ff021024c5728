import { type HostKind, type PlannedHost, SSH_PORT } from './plan.ts'
import type { RunFiles } from './run-files.ts'

const HEALTHY: readonly HostKind[] = ['plain', 'lvm', 'requests']

// What a host in namespaces can't help: it is a container on the machine's own kernel.
const ACCEPTED = ['container_virtualization']

function group(name: string, hosts: readonly PlannedHost[]): string {
  return `[${name}]\n${hosts.map((host) => `${host.name}\n`).join('')}\n`
}

/** The fleet's hosts.ini: groups plain, special, healthy and broken. */
export function renderInventory(hosts: readonly PlannedHost[], files: RunFiles): string {
  const width = Math.max(...hosts.map((host) => host.name.length))
  const lines = hosts.map((host) => `${host.name.padEnd(width)} ansible_host=${host.address}\n`)
  const where = (test: (host: PlannedHost) => boolean) => hosts.filter(test)
  return [
    `# The lab's fleet. Written by 'lab up'; gone after 'lab down'.\n${lines.join('')}\n`,
    group(
      'plain',
      where((host) => host.kind === 'plain'),
    ),
    group(
      'special',
      where((host) => host.kind !== 'plain'),
    ),
    group(
      'healthy',
      where((host) => HEALTHY.includes(host.kind)),
    ),
    group(
      'broken',
      where((host) => !HEALTHY.includes(host.kind)),
    ),
    '[all:vars]\n',
    `ansible_port=${SSH_PORT}\n`,
    'ansible_user=root\n',
    `ansible_ssh_private_key_file=${files.clientKey}\n`,
    `ansible_ssh_common_args='-o UserKnownHostsFile=${files.knownHosts}'\n`,
    `accept_findings=${JSON.stringify(ACCEPTED)}\n`,
  ].join('')
}

/** A known_hosts file: one line per host, from `publicKeys` (by host name, as in the .pub file). */
export function renderKnownHosts(hosts: readonly PlannedHost[], publicKeys: ReadonlyMap<string, string>): string {
  return hosts
    .map((host) => {
      const [type, key] = (publicKeys.get(host.name) ?? '').split(' ')
      return `[${host.address}]:${SSH_PORT} ${type} ${key}\n`
    })
    .join('')
}

/** For `ssh -F`: each host by its name. */
export function renderSshConfig(hosts: readonly PlannedHost[], files: RunFiles): string {
  const each = hosts.map((host) => `Host ${host.name}\n  HostName ${host.address}\n`).join('')
  return `${each}Host *
  Port ${SSH_PORT}
  User root
  IdentityFile ${files.clientKey}
  IdentitiesOnly yes
  UserKnownHostsFile ${files.knownHosts}
  StrictHostKeyChecking yes
  BatchMode yes
`
}
