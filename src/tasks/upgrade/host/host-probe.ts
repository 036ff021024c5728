import { type CommandResult, HOST_MOUNTS } from '../../../remote/types.ts'
import { type Probe, ProbeError } from '../../contract.ts'
import { cpuLevel } from './cpu.ts'
import {
  type BlockDevice,
  type HostFacts,
  type LuksDevice,
  PACKAGES_OF_INTEREST,
  PATHS_OF_INTEREST,
  type Package,
} from './facts.ts'
import { lvmConfiguration } from './lvm-configuration.ts'
import { parseFstab, parseMountinfo } from './tables.ts'
import { TaggedLines } from './tagged-lines.ts'

/** Inode of the first PID namespace of every Linux kernel (PROC_PID_INIT_INO): any other one is a container's. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]'

const EVR = '%{NAME}\\t%|EPOCH?{%{EPOCH}}:{0}|\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\n'

// One grep reads all the files. The mounts are the host's: a check's own namespace is read-only throughout.
const SCRIPT = `
mounts=\${${HOST_MOUNTS.mountinfo.variable}:-/proc/self/mountinfo}
printf '@mounts\\t%s\\n' "$mounts"
grep -a -s -H '' /etc/os-release /usr/lib/os-release /proc/cmdline /proc/meminfo /etc/fstab "$mounts" /etc/selinux/config \\
  /proc/sys/crypto/fips_enabled /etc/crypto-policies/config /etc/dnf/dnf.conf /etc/yum.conf /run/systemd/container \\
  /etc/lvm/lvm.conf /sys/class/watchdog/*/state /sys/class/watchdog/*/identity \\
  /sys/class/block/*/dev /sys/class/block/*/dm/uuid /sys/class/block/*/dm/name /sys/class/block/*/md/level /sys/class/nvme/*/transport
printf '@uname\\t'; uname -r -m
printf '@pagesize\\t'; getconf PAGESIZE
printf '@pidns\\t'; readlink /proc/self/ns/pid
if command -v systemd-detect-virt >/dev/null; then printf '@detect\\t'; systemd-detect-virt -c; fi
for p in /run/.containerenv /.dockerenv; do [ -e "$p" ] && printf '@marker\\t%s\\n' "$p"; done
[ -d /proc/vz ] && [ ! -d /proc/bc ] && printf '@marker\\t/proc/vz\\n'
[ -d /sys/firmware/efi ] && printf '@efi\\n'
[ -L /var/run ] && printf '@varrun\\n'
for p in ${PATHS_OF_INTEREST.join(' ')}; do [ -e "$p" ] && printf '@have\\t%s\\n' "$p"; done
for n in /sys/class/net/*; do [ -e "$n/device" ] && printf '@nic\\t%s\\n' "\${n##*/}"; done
if command -v dnf >/dev/null; then printf '@dnf\\t'; readlink -f "$(command -v dnf)"; fi
r=$(uname -r)
rpm -q --qf '@rpm\\t${EVR}' ${PACKAGES_OF_INTEREST.join(' ')} 2>/dev/null
for v in "/usr/lib/modules/$r/vmlinuz" "/lib/modules/$r/vmlinuz" "/boot/vmlinuz-$r"; do
  [ -e "$v" ] && rpm -qf --qf '@booted\\t${EVR}' "$v" 2>/dev/null && break
done
for d in /sys/class/block/dm-*; do
  u=; { read -r u <"$d/dm/uuid"; } 2>/dev/null
  case $u in
    CRYPT-LUKS*)
      for s in "$d"/slaves/*; do
        pins=
        command -v clevis >/dev/null && pins=$(clevis luks list -d "/dev/\${s##*/}" 2>/dev/null | tr '\\n\\t' '  ')
        printf '@luks\\t%s\\t%s\\t%s\\n' "\${d##*/}" "\${s##*/}" "$pins"
      done ;;
  esac
done
# drivers TAG NAME: the modules that drive the device of the current folder, up to its bus.
drivers() {
  cd -P device 2>/dev/null || return 0
  while [ "\${#PWD}" -gt 12 ]; do
    if [ -e driver/module ]; then m=$(readlink driver/module); printf '@%s\\t%s\\t%s\\n' "$1" "$2" "\${m##*/}"; fi
    cd -P .. || return 0
  done
}
for b in /sys/class/block/*; do
  [ -e "$b" ] || continue
  n=\${b##*/}
  for s in "$b"/slaves/*; do [ -e "$s" ] && printf '@slave\\t%s\\t%s\\n' "$n" "\${s##*/}"; done
  case $n in loop* | ram* | dm-* | md*) continue ;; esac
  (cd -P "$b" && { [ ! -e partition ] || cd -P ..; } && drivers driver "$n")
done
for n in /sys/class/net/*; do (cd -P "$n" && drivers nicdriver "\${n##*/}") 2>/dev/null; done
for w in /sys/class/watchdog/*; do (cd -P "$w" && drivers watchdogdriver "\${w##*/}") 2>/dev/null; done
# The one of a BMC is in no class of its own, and its driver says of no device that it is for it.
if [ -d /sys/module/ipmi_watchdog ]; then
  printf '@watchdogdriver\tipmi\tipmi_watchdog\n'
  for n in /sys/class/ipmi/*; do (cd -P "$n" && drivers watchdogdriver ipmi) 2>/dev/null; done
fi
v=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
[ -r "$v" ] && printf '@secureboot\\t%s\\n' "$(od -An -v -tu1 "$v" | tr -s ' \\n' ' ')"
grep -a -s -m 1 '^flags' /proc/cpuinfo | sed 's/^[^:]*:/@cpu\\t/'
rpm -qf /usr/lib/dracut/modules.d/*/module-setup.sh 2>/dev/null | sed -n 's,^[^/]*file /usr/lib/dracut/modules.d/\\([^/]*\\)/module-setup.sh .*,@foreign\\t\\1,p'
grep -a -s -H -E '^[[:space:]]*(add_dracutmodules|force_add_dracutmodules|add_drivers|force_drivers|install_items|install_optional_items)\\+?=' \\
  /etc/dracut.conf /etc/dracut.conf.d/*.conf | sed 's/^/@dracut\\t/'
for d in /sys/class/block/md*/md; do
  [ -e "$d" ] || continue
  mdadm --detail --scan 2>/dev/null | while IFS= read -r l; do printf '@md\\t%s\\n' "$l"; done
  break
done
:
`

/** What the host is. One probe for all steps that ask, so it runs once. */
export const hostProbe: Probe<HostFacts> = {
  id: 'upgrade-push/host',
  script: SCRIPT,
  reads: [
    'path:/etc/os-release',
    'path:/etc/fstab',
    'path:/etc/selinux/config',
    'path:/etc/dnf/dnf.conf',
    'tree:/var/lib/rpm',
    'tree:/etc/lvm',
    'tree:/etc/nvme',
    'tree:/etc/multipath',
    'path:/etc/multipath.conf',
    'path:/etc/crypttab',
    'path:/etc/dracut.conf',
    'tree:/etc/dracut.conf.d',
    'tree:/usr/lib/dracut/modules.d',
  ],
  parse: parseHostFacts,
}

/** @throws ProbeError when the host did not even say what it is. */
export function parseHostFacts({ stdout, stderr, truncated }: CommandResult): HostFacts {
  if (truncated) throw new ProbeError('the answer about the host was cut off: it is larger than 1 MiB')
  const output = new TaggedLines(stdout)
  const [kernel, arch] = (output.tagged('uname')[0]?.[0] ?? '').trim().split(' ')
  if (!kernel || !arch)
    throw new ProbeError(`uname did not answer${stderr === '' ? '' : `: ${stderr.trim().slice(0, 200)}`}`)
  const osRelease = assignments(output.lines('/etc/os-release') ?? output.lines('/usr/lib/os-release') ?? [])
  const container = containerSign(output)
  // sysfs shows a container the hardware of its machine, which is none of the container's business.
  const own = <T>(hardware: readonly T[]): readonly T[] => (container === undefined ? hardware : [])
  const memory = output.lines('/proc/meminfo')?.find((line) => line.startsWith('MemTotal:'))
  return {
    os: {
      id: osRelease.get('ID') ?? 'unknown',
      versionId: osRelease.get('VERSION_ID') ?? 'unknown',
      name: osRelease.get('PRETTY_NAME') ?? osRelease.get('NAME') ?? 'unknown',
    },
    kernel,
    arch,
    pageSize: Number(output.tagged('pagesize')[0]?.[0] ?? 4096),
    cmdline: output.first('/proc/cmdline') ?? '',
    firmware: output.has('efi') ? 'efi' : 'bios',
    container,
    memoryMib: Math.floor(Number(/\d+/.exec(memory ?? '')?.[0] ?? 0) / 1024),
    fstab: parseFstab(output.lines('/etc/fstab') ?? []),
    mounts: parseMountinfo(output.lines(output.tagged('mounts')[0]?.[0] ?? '') ?? []),
    blockDevices: blockDevices(output),
    packages: output.tagged('rpm').flatMap(parsePackage),
    bootedKernel: output.tagged('booted').flatMap(parsePackage)[0],
    luks: own(luksDevices(output)),
    mdUuids: own(output.tagged('md').flatMap(([line]) => /\bUUID=([0-9a-f:]+)/i.exec(line ?? '')?.[1] ?? [])),
    nvme: own(
      output
        .matching(/^\/sys\/class\/nvme\/([^/]+)\/transport$/)
        .map(({ match, lines }) => ({ name: match[1] as string, transport: lines[0]?.trim() ?? '' })),
    ),
    fips: output.first('/proc/sys/crypto/fips_enabled') === '1',
    selinux: assignments(output.lines('/etc/selinux/config') ?? []).get('SELINUX') ?? 'disabled',
    nics: own(output.tagged('nic').map(([name]) => name as string)),
    nicDrivers: own([...new Set(output.tagged('nicdriver').map(([, module]) => module as string))]),
    dnf: dnf(output),
    varRunIsLink: output.has('varrun'),
    cryptoPolicy:
      output
        .lines('/etc/crypto-policies/config')
        ?.find((line) => /^[A-Z]/.test(line))
        ?.trim() ?? 'DEFAULT',
    present: output.tagged('have').map(([path]) => path as string),
    secureBoot: output.tagged('secureboot')[0]?.[0]?.trim().split(' ').at(-1) === '1',
    cpuLevel: cpuLevel(arch, output.tagged('cpu')[0]?.[0]),
    lvm: lvmConfiguration(output.lines('/etc/lvm/lvm.conf'), Number.parseInt(osRelease.get('VERSION_ID') ?? '', 10)),
    watchdogs: own(watchdogs(output)),
    watchdogDrivers: own([...new Set(output.tagged('watchdogdriver').map(([, module]) => module as string))]),
    foreignDracutModules: output.tagged('foreign').map(([name]) => name as string),
    dracutAdditions: output.tagged('dracut').map(([line]) => line as string),
  }
}

function containerSign(output: TaggedLines): string | undefined {
  const detected = output.tagged('detect')[0]?.[0]
  if (detected && detected !== 'none') return `systemd-detect-virt says ${detected}`
  const marker = output.tagged('marker')[0]?.[0]
  if (marker) return `${marker} exists`
  const manager = output.first('/run/systemd/container')
  if (manager) return `/run/systemd/container says ${manager}`
  const namespace = output.tagged('pidns')[0]?.[0]
  if (namespace?.startsWith('pid:') && namespace !== FIRST_PID_NAMESPACE) {
    return `its processes live in the PID namespace ${namespace}, not in the kernel's first one`
  }
  return undefined
}

function blockDevices(output: TaggedLines): BlockDevice[] {
  const of = (tag: string, name: string) =>
    output.tagged(tag).flatMap(([device, value]) => (device === name && value ? [value] : []))
  return output.matching(/^\/sys\/class\/block\/([^/]+)\/dev$/).map(({ match, lines }) => {
    const name = match[1] as string
    return {
      name,
      device: lines[0]?.trim() ?? '',
      dmUuid: output.first(`/sys/class/block/${name}/dm/uuid`),
      dmName: output.first(`/sys/class/block/${name}/dm/name`),
      slaves: of('slave', name),
      drivers: [...new Set(of('driver', name))],
      mdLevel: output.first(`/sys/class/block/${name}/md/level`),
    }
  })
}

function luksDevices(output: TaggedLines): LuksDevice[] {
  return output.tagged('luks').flatMap(([dm, backing, pins]) => {
    const match = /^CRYPT-LUKS([12])-([0-9a-f]+)-/.exec(output.first(`/sys/class/block/${dm}/dm/uuid`) ?? '')
    if (!match) return []
    return [
      {
        name: output.first(`/sys/class/block/${dm}/dm/name`) ?? (dm as string),
        version: match[1] as '1' | '2',
        uuid: match[2] as string,
        backing: `/dev/${backing}`,
        tpm2: /\btpm2\b/.test(pins ?? ''),
      },
    ]
  })
}

function watchdogs(output: TaggedLines): string[] {
  return output.matching(/^\/sys\/class\/watchdog\/([^/]+)\/state$/).flatMap(({ match, lines }) => {
    const name = match[1] as string
    const identity = output.first(`/sys/class/watchdog/${name}/identity`) ?? 'unknown'
    return lines[0]?.trim() === 'active' ? [`${name} (${identity})`] : []
  })
}

function dnf(output: TaggedLines): HostFacts['dnf'] {
  const target = output.tagged('dnf')[0]?.[0]
  const main = output.lines('/etc/dnf/dnf.conf') ?? output.lines('/etc/yum.conf') ?? []
  return {
    generation: target === undefined ? 'none' : /dnf5$/.test(target) ? '5' : '4',
    pluginpath: main.flatMap((line) => /^\s*pluginpath\s*=\s*(.*)/.exec(line)?.[1]?.trim() ?? [])[0],
  }
}

function parsePackage([name, epoch, version, release, arch]: readonly string[]): Package[] {
  if (!name || !version || !release || !arch) return []
  return [{ name, epoch: Number(epoch) || 0, version, release, arch }]
}

/** `KEY=value` lines with optional quotes. */
function assignments(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of lines) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=\s*(["']?)(.*?)\2\s*$/.exec(line)
    if (match) found.set(match[1] as string, match[3] as string)
  }
  return found
}
