import { argv } from '../../remote/quote.ts'
import { HOST_MOUNTS } from '../../remote/types.ts'
import { type Probe, ProbeError } from '../contract.ts'

/** Small files, each line of which comes back with its name: one process for all of them. */
const FILES = [
  '/etc/os-release',
  '/etc/hosts',
  '/etc/machine-id',
  '/etc/selinux/config',
  '/proc/1/comm',
  '/proc/cmdline',
  '/proc/meminfo',
  '/proc/net/route',
  '/proc/self/mounts',
  '/proc/sys/crypto/fips_enabled',
  '/proc/sys/kernel/random/boot_id',
  '/proc/uptime',
  '/sys/class/dmi/id/bios_version',
  '/sys/class/dmi/id/product_name',
  '/sys/class/dmi/id/sys_vendor',
  '/sys/devices/system/cpu/online',
  '/sys/fs/selinux/enforce',
] as const

/** What the host said, by file and by command; see facts.ts for what becomes of it. */
export interface RawFacts {
  /** Lines of each file that could be read. */
  readonly files: ReadonlyMap<string, readonly string[]>
  /** Output of each command, by the tag it has in the script. */
  readonly commands: ReadonlyMap<string, string>
}

const SCRIPT = `tell() { printf '\\0%s\\t' "$1"; }
tell files; grep -asH '' ${argv(FILES)} "$${HOST_MOUNTS.mounts.variable}"
tell uname; uname -s; uname -n; uname -r; uname -v; uname -m
tell id; id -u; id -un; id -g
tell home; printf '%s' "$HOME"
tell shell; printf '%s' "$SHELL"
tell date; date '+%Y %m %d %H %M %S %s %Z %z %A %u %U %V'
tell df; df -l -B1 --output=size,avail,itotal,iavail,target 2>/dev/null
if command -v ip >/dev/null; then tell ip; ip -o addr show 2>/dev/null; tell link; ip -o link show 2>/dev/null; fi
if command -v systemd-detect-virt >/dev/null; then tell virt; systemd-detect-virt; tell container; systemd-detect-virt --container; fi
tell managers
for m in dnf5 dnf microdnf yum zypper apt-get; do command -v "$m" >/dev/null && printf '%s ' "$m"; done
[ /usr/bin/dnf -ef /usr/bin/dnf5 ] && printf 'dnf=dnf5'
[ -d /run/systemd/system ] && { tell systemd; printf 1; }
tell end
printf '\\0'
`

/** Everything that `setup` says about a host, in one script of about a dozen short processes. Never waits for the network. */
export function factsProbe(): Probe<RawFacts> {
  return {
    id: 'setup',
    script: SCRIPT,
    reads: [
      'path:/etc/os-release',
      'path:/etc/hosts',
      'path:/etc/hostname',
      'path:/etc/machine-id',
      'path:/etc/selinux/config',
    ],
    parse({ stdout, stderr, truncated }) {
      const commands = new Map<string, string>()
      for (const record of stdout.split('\0')) {
        const tab = record.indexOf('\t')
        if (tab > 0) commands.set(record.slice(0, tab), record.slice(tab + 1))
      }
      if (!commands.has('end') || truncated) {
        throw new ProbeError(`the facts of the host cannot be gathered: ${stderr.trim() || 'the answer is cut off'}`)
      }
      return { files: byFile(commands.get('files') ?? ''), commands }
    },
  }
}

/** What answers may come from: in a check also the mount table that the sandbox kept. */
const ANSWERED: readonly string[] = [...FILES, HOST_MOUNTS.mounts.file]

/** `name:line` of grep, for the names that were asked for. */
function byFile(text: string): Map<string, string[]> {
  const files = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const name = ANSWERED.find((file) => line.startsWith(`${file}:`))
    if (name === undefined) continue
    const lines = files.get(name) ?? []
    lines.push(line.slice(name.length + 1))
    files.set(name, lines)
  }
  return files
}
