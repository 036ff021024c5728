import { mountOf } from '../host/tables.ts'
import { ENTRY_ID } from '../layout.ts'
import { allEntries, asDefault, isOurs, othersEntries, ourEntries, renderBlsEntry, withOurs } from './bls-entries.ts'
import type { BlsEntry } from './bls-entry.ts'
import { blsScripts } from './bls-scripts.ts'
import type { LoaderDriver, Obstacle } from './driver.ts'
import type { BootFacts } from './facts.ts'
import { globMatches } from './glob.ts'
import { ENTRY_FILE } from './paths.ts'
import { systemdBootOrder } from './version-order.ts'

const VARIABLES = '/sys/firmware/efi/efivars'
const VENDOR = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f'

/** `efi_text NAME` prints an EFI variable of the boot loader interface, nothing when it is not set. */
const EFI_TEXT = `efi_text() {
  [ ! -e ${VARIABLES}/"$1"-${VENDOR} ] || cat ${VARIABLES}/"$1"-${VENDOR} | tail -c +5 | tr -d '\\000'
}
`

/** Entries on the EFI system partition (or XBOOTLDR) at /boot, one-shot by an EFI variable that the loader clears before it boots. */
export const systemdBoot: LoaderDriver = {
  kind: 'systemd-boot',
  label: 'systemd-boot',
  neverRun: undefined,
  recognises: ({ loader }) => /^systemd-boot\b/.test(loader.efi.info ?? ''),

  obstacles(facts) {
    const { host, loader } = facts
    const found: Obstacle[] = []
    if (loader.tools.bootctl === undefined) {
      found.push({
        key: 'loader_tool',
        title: 'bootctl is missing',
        detail: `the host was booted by ${loader.efi.info}, which is steered with bootctl`,
        remedy: 'Install the package that brings bootctl (systemd-udev or systemd-boot).',
      })
    }
    if (loader.bootPath !== '/boot' || mountOf(host.mounts, '/boot')?.point !== '/boot') {
      found.push({
        key: 'loader_boot_path',
        title: 'the loader does not read /boot',
        detail: `bootctl says that kernels belong to ${loader.bootPath ?? 'nowhere that it can find'}, the upgrade puts its own to /boot`,
        remedy: 'Mount the partition that the loader reads (XBOOTLDR, or else the EFI system partition) at /boot.',
      })
    }
    return [...found, ...defaultObstacles(facts)]
  },

  defaultEntry(facts) {
    const entry = chosen(facts, othersEntries(facts))
    return entry && asDefault(entry, entry.options)
  },

  ours: ourEntries,
  render: (facts, wanted) => renderBlsEntry(facts, '', wanted),

  oneShot({ loader }) {
    const id = loader.efi.oneShot
    if (id === undefined || id === '') return { kind: 'none' }
    return id === ENTRY_FILE || id === ENTRY_ID ? { kind: 'ours' } : { kind: 'other', id }
  },

  kernelFolder: () => '',
  environmentBlocks: () => [],

  scripts: () => ({
    ...blsScripts(`${EFI_TEXT}efi_text LoaderEntryDefault; echo
[ ! -e /boot/loader/loader.conf ] || sha256sum /boot/loader/loader.conf`),
    arm: `bootctl set-oneshot ${ENTRY_FILE}`,
    armed: `${EFI_TEXT}[ "$(efi_text LoaderEntryOneShot)" != ${ENTRY_FILE} ] || echo yes`,
  }),
}

/** The EFI variable, then loader.conf, then the first of the list. `@saved` is the one that was booted last. */
function chosen({ loader }: BootFacts, entries: readonly BlsEntry[]): BlsEntry | undefined {
  const sorted = [...entries].sort(systemdBootOrder)
  for (const wanted of [loader.efi.default, loader.loaderConfDefault]) {
    if (wanted === undefined || wanted === '') continue
    const pattern = wanted === '@saved' ? (loader.efi.selected ?? '') : wanted
    const match = sorted.find((entry) => globMatches(pattern, entry.file) || globMatches(pattern, entry.id))
    if (match) return match
  }
  return sorted[0]
}

function defaultObstacles(facts: BootFacts): Obstacle[] {
  const now = chosen(facts, allEntries(facts))
  const later = chosen(facts, withOurs(facts))
  if (othersEntries(facts).length === 0) {
    return [
      {
        key: 'loader_default',
        title: 'no entry of the installed system',
        detail: 'there is no entry in /boot/loader/entries to take root= and the other kernel arguments from',
        remedy: 'Let `kernel-install add` write the entry of the installed kernel.',
      },
    ]
  }
  if ((now && isOurs(now)) || (later && isOurs(later))) {
    return [
      {
        key: 'loader_default',
        title: 'our entry would be the default',
        detail: `nothing names the default entry, and ${ENTRY_FILE} sorts before those that are there`,
        remedy: `Name the default: bootctl set-default ${othersEntries(facts).sort(systemdBootOrder)[0]?.file}`,
      },
    ]
  }
  return []
}
