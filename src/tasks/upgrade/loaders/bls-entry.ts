/** A boot loader entry file (type 1 of the Boot Loader Specification). */
export interface BlsEntry {
  /** File name without `.conf` and without boot counters (`name+3-1.conf`). */
  readonly id: string
  /** File name. */
  readonly file: string
  readonly title: string | undefined
  readonly version: string | undefined
  readonly sortKey: string | undefined
  readonly machineId: string | undefined
  readonly linux: string | undefined
  readonly initrd: readonly string[]
  /** All `options` lines, joined by a space as the loaders do. */
  readonly options: string
  /** Boot counting says that no try is left: such entries sort last. */
  readonly bad: boolean
}

/** Reads an entry. Unknown keys and comments are passed over, as the specification asks. */
export function parseBlsEntry(file: string, text: string): BlsEntry {
  const fields = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const match = /^[ \t]*([A-Za-z][A-Za-z0-9_-]*)[ \t]+(.*?)[ \t\r]*$/.exec(line)
    if (!match) continue
    const [, key, value] = match as unknown as [string, string, string]
    const known = fields.get(key)
    if (known) known.push(value)
    else fields.set(key, [value])
  }
  const last = (key: string): string | undefined => fields.get(key)?.at(-1)
  const stem = file.replace(/\.conf$/, '')
  const counters = /\+(\d+)(?:-\d+)?$/.exec(stem)
  return {
    id: stem.replace(/\+\d+(?:-\d+)?$/, ''),
    file,
    title: last('title'),
    version: last('version'),
    sortKey: last('sort-key'),
    machineId: last('machine-id'),
    linux: last('linux'),
    // One line may name several images.
    initrd: (fields.get('initrd') ?? []).flatMap((value) => value.split(/\s+/)).filter((path) => path !== ''),
    options: (fields.get('options') ?? []).join(' '),
    bad: counters !== null && Number(counters[1]) === 0,
  }
}

export interface NewEntry {
  readonly title: string
  readonly sortKey?: string | undefined
  readonly linux: string
  readonly initrd: string
  readonly options: string
}

export function formatBlsEntry(entry: NewEntry): string {
  const lines = [
    `title ${entry.title}`,
    ...(entry.sortKey === undefined ? [] : [`sort-key ${entry.sortKey}`]),
    `linux ${entry.linux}`,
    `initrd ${entry.initrd}`,
    `options ${entry.options}`,
  ]
  return `${lines.join('\n')}\n`
}
