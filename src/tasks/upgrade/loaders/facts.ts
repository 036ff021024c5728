import type { CommandResult } from '../../../remote/types.ts'
import { type Probe, ProbeError } from '../../contract.ts'
import type { HostFacts } from '../host/facts.ts'
import { TaggedLines } from '../host/tagged-lines.ts'
import { ENTRIES } from './paths.ts'

interface EntryFile {
  /** File name. */
  readonly file: string
  readonly text: string
  readonly sha256: string
}

export interface GrubConfig {
  readonly path: string
  /** Runs `blscfg`. */
  readonly blscfg: boolean
  /** Takes `next_entry` and clears it before it boots. */
  readonly nextEntry: boolean
  /** Only leads to another configuration, as EFI/<vendor>/grub.cfg does since EL 9. */
  readonly stub: boolean
  /** `set name="value"` lines that give entries their variables. */
  readonly variables: { readonly [name: string]: string }
}

export interface GrubEnvironment {
  readonly path: string
  /** Where links lead. */
  readonly realPath: string
  readonly size: number
  readonly text: string
}

/** What the boot loaders of a host look like. */
export interface LoaderFacts {
  /** Path of each tool that is there. */
  readonly tools: {
    readonly bootctl?: string | undefined
    readonly editenv?: string | undefined
    readonly grubby?: string | undefined
    readonly efibootmgr?: string | undefined
  }
  readonly entries: readonly EntryFile[]
  /** `default` of loader.conf. */
  readonly loaderConfDefault?: string | undefined
  readonly grubConfigs: readonly GrubConfig[]
  readonly grubEnvironments: readonly GrubEnvironment[]
  /** The boot loader interface's EFI variables. */
  readonly efi: {
    readonly info?: string | undefined
    readonly default?: string | undefined
    readonly oneShot?: string | undefined
    readonly selected?: string | undefined
  }
  /** Where bootctl says that entries and kernels belong. */
  readonly bootPath?: string | undefined
  /** What grubby says about the default kernel and about ours: lines of `key=value`. */
  readonly grubby: { readonly default: readonly string[]; readonly ours: readonly string[] }
  /** Changes with every boot. */
  readonly bootId: string
}

export interface BootFacts {
  readonly host: HostFacts
  readonly loader: LoaderFacts
}

/** Of the interface's variables; from the Boot Loader Interface specification. */
const EFI_VENDOR = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f'

const ENVIRONMENTS = '/boot/grub2/grubenv /boot/grub/grubenv /boot/efi/EFI/*/grubenv'
const CONFIGS = '/boot/grub2/grub.cfg /boot/grub/grub.cfg /boot/efi/EFI/*/grub.cfg'

const SCRIPT = `
for t in bootctl grub2-editenv grub-editenv grubby efibootmgr; do
  p=$(command -v "$t") && printf '@tool\\t%s\\t%s\\n' "$t" "$p"
done
grep -a -s -H '' ${ENTRIES}/*.conf ${ENVIRONMENTS} /proc/sys/kernel/random/boot_id
grep -a -s -H -E '^[[:space:]]*default[[:space:]]' /boot/loader/loader.conf
grep -a -s -H -E '^[[:space:]]*(blscfg|configfile|save_env|set )|next_entry' ${CONFIGS}
sha256sum ${ENTRIES}/*.conf 2>/dev/null | while read -r d f; do printf '@sha\\t%s\\t%s\\n' "$d" "$f"; done
for f in ${ENVIRONMENTS}; do
  [ -e "$f" ] && printf '@env\\t%s\\t%s\\t%s\\n' "$f" "$(readlink -f "$f")" "$(stat -L -c %s "$f")"
done
if [ -d /sys/firmware/efi ]; then
  for v in LoaderInfo LoaderEntryDefault LoaderEntryOneShot LoaderEntrySelected; do
    f=/sys/firmware/efi/efivars/$v-${EFI_VENDOR}
    [ -e "$f" ] && printf '@efivar\\t%s\\t%s\\n' "$v" "$(cat "$f" | tail -c +5 | tr -d '\\000')"
  done
  command -v bootctl >/dev/null && printf '@bootpath\\t%s\\n' "$(bootctl --print-boot-path 2>/dev/null)"
fi
if command -v grubby >/dev/null; then
  grubby --info=DEFAULT 2>/dev/null | while IFS= read -r l; do printf '@default\\t%s\\n' "$l"; done
  grubby --info="/boot/vmlinuz-upgrade.$(uname -m)" 2>/dev/null | while IFS= read -r l; do printf '@ours\\t%s\\n' "$l"; done
fi
:
`

export const loaderProbe: Probe<LoaderFacts> = {
  id: 'upgrade-push/loader',
  script: SCRIPT,
  reads: [
    'tree:/boot/loader',
    'path:/boot/grub2/grubenv',
    'path:/boot/grub2/grub.cfg',
    'path:/boot/grub/grubenv',
    'path:/boot/grub/grub.cfg',
    'tree:/boot/efi',
    'tree:/sys/firmware/efi/efivars',
  ],
  parse: parseLoaderFacts,
}

/** @throws ProbeError when the answer was cut off. */
export function parseLoaderFacts({ stdout, truncated }: CommandResult): LoaderFacts {
  if (truncated) throw new ProbeError('the answer about the boot loader was cut off: it is larger than 1 MiB')
  const output = new TaggedLines(stdout)
  const tools = new Map(output.tagged('tool').map(([name, path]) => [name, path]))
  const efi = new Map(output.tagged('efivar').map(([name, value]) => [name, value]))
  const digests = new Map(output.tagged('sha').map(([digest, path]) => [path, digest]))
  return {
    tools: {
      bootctl: tools.get('bootctl'),
      editenv: tools.get('grub2-editenv') ?? tools.get('grub-editenv'),
      grubby: tools.get('grubby'),
      efibootmgr: tools.get('efibootmgr'),
    },
    entries: output.matching(/^\/boot\/loader\/entries\/([^/]+\.conf)$/).map(({ path, match, lines }) => ({
      file: match[1] as string,
      text: `${lines.join('\n')}\n`,
      sha256: digests.get(path) ?? '',
    })),
    loaderConfDefault: output.first('/boot/loader/loader.conf')?.replace(/^default\s+/, ''),
    grubConfigs: output.matching(/\/grub\.cfg$/).map(({ path, lines }) => grubConfig(path, lines)),
    grubEnvironments: output.tagged('env').map(([path = '', realPath = '', size]) => ({
      path,
      realPath,
      size: Number(size),
      text: (output.lines(path) ?? []).join('\n'),
    })),
    efi: {
      info: efi.get('LoaderInfo'),
      default: efi.get('LoaderEntryDefault'),
      oneShot: efi.get('LoaderEntryOneShot'),
      selected: efi.get('LoaderEntrySelected'),
    },
    bootPath: output.tagged('bootpath')[0]?.[0] || undefined,
    grubby: {
      default: output.tagged('default').map(([line]) => line as string),
      ours: output.tagged('ours').map(([line]) => line as string),
    },
    bootId: output.first('/proc/sys/kernel/random/boot_id') ?? '',
  }
}

function grubConfig(path: string, lines: readonly string[]): GrubConfig {
  const variables: Record<string, string> = {}
  for (const line of lines) {
    const match = /^\s*set\s+(kernelopts|tuned_params|tuned_initrd)=(["']?)(.*?)\2\s*$/.exec(line)
    if (match) variables[match[1] as string] = match[3] as string
  }
  const some = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line))
  const blscfg = some(/^\s*blscfg\b/)
  return {
    path,
    blscfg,
    nextEntry: some(/set\s+default="?\$\{?next_entry\}?"?/) && some(/^\s*save_env\b.*\bnext_entry\b/),
    stub: !blscfg && some(/^\s*configfile\b/),
    variables,
  }
}
