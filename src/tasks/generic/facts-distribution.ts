import type { ValueMap } from '../../expression/values.ts'
import type { RawFacts } from './facts-probe.ts'

/** Ansible's names for the IDs of os-release. */
const NAMES: { readonly [id: string]: string } = {
  rhel: 'RedHat',
  centos: 'CentOS',
  almalinux: 'AlmaLinux',
  rocky: 'Rocky',
  ol: 'OracleLinux',
  fedora: 'Fedora',
  amzn: 'Amazon',
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  sles: 'SLES',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
}

const FAMILIES: readonly (readonly [string, readonly string[]])[] = [
  ['RedHat', ['rhel', 'fedora', 'centos', 'almalinux', 'rocky', 'ol', 'amzn']],
  ['Debian', ['debian', 'ubuntu']],
  ['Suse', ['suse', 'sles', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed']],
]

/** What os-release says, and the host's full name as /etc/hosts has it: no name server is asked. */
export function distribution({ files, commands }: RawFacts): ValueMap {
  const release = new Map((files.get('/etc/os-release') ?? []).map(field).filter((pair) => pair !== undefined))
  const id = release.get('ID') ?? 'linux'
  const name = NAMES[id] ?? (release.get('NAME') ?? id).replaceAll(' ', '')
  const version = release.get('VERSION_ID') ?? 'NA'
  const like = [id, ...(release.get('ID_LIKE') ?? '').split(' ')]
  const family = like
    .map((each) => FAMILIES.find(([, ids]) => ids.includes(each))?.[0])
    .find((each) => each !== undefined)
  const codename = release.get('VERSION_CODENAME') || /\(([^)]+)\)/.exec(release.get('VERSION') ?? '')?.[1]
  const fqdn = fullName((commands.get('uname') ?? '').split('\n')[1] ?? '', files.get('/etc/hosts') ?? [])
  return {
    ansible_distribution: name,
    ansible_distribution_version: version,
    ansible_distribution_major_version: version.split('.')[0] as string,
    ansible_distribution_release: codename ?? 'NA',
    ansible_distribution_id: id,
    ansible_os_family: family ?? name,
    ansible_fqdn: fqdn,
    ansible_domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
  }
}

/** `KEY="value"` of os-release, with the quoting of a shell. */
function field(line: string): [string, string] | undefined {
  const match = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim())
  if (!match) return undefined
  const [, key = '', value = ''] = match
  const inner = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value
  return [key, inner.replace(/\\(["'$`\\])/g, '$1')]
}

function fullName(node: string, hosts: readonly string[]): string {
  if (node.includes('.')) return node
  for (const line of hosts) {
    const [, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (!names.includes(node)) continue
    const full = names.find((name) => name.startsWith(`${node}.`))
    if (full !== undefined) return full
  }
  return node
}
