import { ENTRY_ID, ENTRY_TITLE } from '../layout.ts'
import { type BlsEntry, formatBlsEntry, parseBlsEntry } from './bls-entry.ts'
import type { DefaultEntry, WantedEntry } from './driver.ts'
import type { BootFacts } from './facts.ts'
import { ENTRY_FILE, SORT_KEY } from './paths.ts'

export function allEntries(facts: BootFacts): BlsEntry[] {
  return facts.loader.entries.map(({ file, text }) => parseBlsEntry(file, text))
}

/** Ours by its name, with or without boot counters, or by the kernel that it boots. */
export function isOurs(entry: BlsEntry): boolean {
  return entry.id === ENTRY_ID || /(^|\/)vmlinuz-upgrade\.[^/]+$/.test(entry.linux ?? '')
}

export function othersEntries(facts: BootFacts): BlsEntry[] {
  return allEntries(facts).filter((entry) => !isOurs(entry))
}

export function ourEntries(facts: BootFacts): { name: string; text: string }[] {
  return facts.loader.entries
    .filter(({ file, text }) => isOurs(parseBlsEntry(file, text)))
    .map(({ file, text }) => ({ name: file, text }))
}

/**
 * The key that puts our entry behind all others. Entries with a key come before those without, whatever the key: where no
 * other entry has one, ours may not have one either.
 */
function sortKeyFor(others: readonly BlsEntry[]): string | undefined {
  return others.some((entry) => entry.sortKey !== undefined) ? SORT_KEY : undefined
}

/** `directory` is that of the kernel as the loader sees it, without a slash at its end. */
export function renderBlsEntry(facts: BootFacts, directory: string, wanted: WantedEntry): string {
  return formatBlsEntry({
    title: wanted.title ?? ENTRY_TITLE,
    sortKey: sortKeyFor(othersEntries(facts)),
    linux: `${directory}/${wanted.kernel}`,
    initrd: `${directory}/${wanted.initramfs}`,
    options: wanted.options,
  })
}

/** What the default entry is to the other pieces; `options` with the loader's variables filled in. */
export function asDefault(entry: BlsEntry, options: string): DefaultEntry {
  const { id, version, sortKey, machineId } = entry
  return { id, options, version, sortKey, machineId }
}

/** The entries as they will be once ours is among them. */
export function withOurs(facts: BootFacts): BlsEntry[] {
  const others = othersEntries(facts)
  const ours = parseBlsEntry(
    ENTRY_FILE,
    formatBlsEntry({ title: ENTRY_TITLE, sortKey: sortKeyFor(others), linux: '', initrd: '', options: '' }),
  )
  return [...others, ours]
}
