import type { ValueMap } from '../../expression/values.ts'
import { distribution } from './facts-distribution.ts'
import { network } from './facts-network.ts'
import type { RawFacts } from './facts-probe.ts'
import { storage } from './facts-storage.ts'

/** Facts under the names that Ansible gives them. Pure; what the host did not say is left out. */
export function facts(raw: RawFacts): ValueMap {
  return {
    ...kernel(raw),
    ...distribution(raw),
    ...hardware(raw),
    ...storage(raw),
    ...network(raw),
    ...user(raw),
    ...services(raw),
    ansible_date_time: dateTime(raw),
    ansible_selinux: selinux(raw),
    ansible_cmdline: cmdline(raw.files.get('/proc/cmdline')?.[0] ?? ''),
    ansible_fips: first(raw, '/proc/sys/crypto/fips_enabled') === '1',
    module_setup: true,
  }
}

function first({ files }: RawFacts, file: string): string | undefined {
  return files.get(file)?.[0]?.trim()
}

function kernel({ commands }: RawFacts): ValueMap {
  const [system = '', node = '', release = '', version = '', machine = ''] = (commands.get('uname') ?? '').split('\n')
  return {
    ansible_system: system,
    ansible_nodename: node,
    ansible_hostname: node.split('.')[0] as string,
    ansible_kernel: release,
    ansible_kernel_version: version,
    ansible_machine: machine,
    ansible_architecture: machine,
  }
}

function hardware(raw: RawFacts): ValueMap {
  const memory = new Map(
    (raw.files.get('/proc/meminfo') ?? []).map((line) => line.split(/:\s+/, 2) as [string, string]),
  )
  const megabytes = (key: string) => Math.floor(Number.parseInt(memory.get(key) ?? '0', 10) / 1024)
  const cpus = countCpus(first(raw, '/sys/devices/system/cpu/online') ?? '')
  const uptime = Number.parseFloat(first(raw, '/proc/uptime') ?? '')
  return {
    ansible_memtotal_mb: megabytes('MemTotal'),
    ansible_memfree_mb: megabytes('MemFree'),
    ansible_swaptotal_mb: megabytes('SwapTotal'),
    ansible_swapfree_mb: megabytes('SwapFree'),
    ansible_processor_vcpus: cpus,
    ansible_processor_nproc: cpus,
    ...(Number.isFinite(uptime) ? { ansible_uptime_seconds: Math.floor(uptime) } : {}),
    ...text('ansible_machine_id', first(raw, '/etc/machine-id')),
    ...text('ansible_boot_id', first(raw, '/proc/sys/kernel/random/boot_id')),
    ...text('ansible_product_name', first(raw, '/sys/class/dmi/id/product_name')),
    ...text('ansible_system_vendor', first(raw, '/sys/class/dmi/id/sys_vendor')),
    ...text('ansible_bios_version', first(raw, '/sys/class/dmi/id/bios_version')),
  }
}

function text(name: string, value: string | undefined): ValueMap {
  return value === undefined || value === '' ? {} : { [name]: value }
}

/** `0-3,8` is five. */
function countCpus(list: string): number {
  const count = list
    .split(',')
    .map((range) => range.split('-').map(Number))
    .reduce((sum, [from = Number.NaN, to = from]) => sum + (to - from + 1), 0)
  return Number.isFinite(count) && count > 0 ? count : 1
}

function user({ commands }: RawFacts): ValueMap {
  const [uid = '', name = '', gid = ''] = (commands.get('id') ?? '').split('\n')
  return {
    ansible_user_id: name,
    ansible_user_uid: Number(uid),
    ansible_user_gid: Number(gid),
    ansible_effective_user_id: Number(uid),
    ansible_effective_group_id: Number(gid),
    ansible_user_dir: commands.get('home') ?? '',
    ansible_user_shell: commands.get('shell') ?? '',
  }
}

function services(raw: RawFacts): ValueMap {
  const { commands } = raw
  const managers = (commands.get('managers') ?? '').trim().split(/\s+/)
  const pkg = managers.includes('dnf=dnf5')
    ? 'dnf5'
    : ['dnf', 'dnf5', 'microdnf', 'yum', 'zypper', 'apt-get'].find((name) => managers.includes(name))
  const virt = commands.get('virt')?.trim()
  const container = commands.get('container')?.trim()
  const inside = container !== undefined && container !== '' && container !== 'none' ? container : virt
  const guest = inside !== undefined && inside !== '' && inside !== 'none'
  return {
    ansible_service_mgr: commands.has('systemd') ? 'systemd' : serviceManager(first(raw, '/proc/1/comm')),
    ansible_pkg_mgr: pkg === undefined ? 'unknown' : pkg === 'apt-get' ? 'apt' : pkg,
    ansible_virtualization_type: guest ? inside : 'NA',
    ansible_virtualization_role: guest ? 'guest' : 'NA',
  }
}

function serviceManager(comm: string | undefined): string {
  if (comm === undefined || comm === '') return 'service'
  return comm === 'init' ? 'sysvinit' : comm
}

function selinux(raw: RawFacts): ValueMap {
  const enforce = first(raw, '/sys/fs/selinux/enforce')
  if (enforce === undefined) return { status: 'disabled' }
  const config = new Map(
    (raw.files.get('/etc/selinux/config') ?? []).map((line) => line.trim().split('=', 2) as [string, string]),
  )
  return {
    status: 'enabled',
    mode: enforce === '1' ? 'enforcing' : 'permissive',
    config_mode: config.get('SELINUX') ?? 'unknown',
    type: config.get('SELINUXTYPE') ?? 'unknown',
  }
}

function dateTime({ commands }: RawFacts): ValueMap {
  const [
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    epoch = '',
    tz = '',
    offset = '',
    weekday = '',
    number = '',
    week = '',
  ] = (commands.get('date') ?? '').trim().split(' ')
  const date = `${year}-${month}-${day}`
  const time = `${hour}:${minute}:${second}`
  const utc = Number(epoch) > 0 ? `${new Date(Number(epoch) * 1000).toISOString().slice(0, 19)}Z` : ''
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    date,
    time,
    epoch,
    tz,
    tz_offset: offset,
    weekday,
    weekday_number: number,
    weeknumber: week,
    iso8601: utc,
  }
}

/** Words of the kernel's command line; one that stands there more than once keeps its last value. */
function cmdline(line: string): ValueMap {
  const words = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  return Object.fromEntries(
    words.map((word): [string, string | boolean] => {
      const equals = word.indexOf('=')
      if (equals < 0) return [word, true]
      return [word.slice(0, equals), word.slice(equals + 1).replace(/^"(.*)"$/, '$1')]
    }),
  )
}
