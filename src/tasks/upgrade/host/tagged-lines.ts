/**
 * The output form of this folder's probes: `/path:line` for each line of a file (what `grep -H ''` prints, one process for all of them),
 * and `@tag<TAB>field<TAB>...` for the rest. A file's content always stands behind its path, so it can't pass for a tag.
 */
export class TaggedLines {
  readonly #files = new Map<string, string[]>()
  readonly #tags = new Map<string, string[][]>()

  constructor(output: string) {
    for (const line of output.split('\n')) {
      if (line.startsWith('@')) {
        const [tag, ...fields] = line.slice(1).split('\t') as [string, ...string[]]
        append(this.#tags, tag, fields)
      } else if (line.startsWith('/')) {
        const colon = line.indexOf(':')
        if (colon > 0) append(this.#files, line.slice(0, colon), line.slice(colon + 1))
      }
    }
  }

  /** Lines of a file; undefined when it is missing or empty. */
  lines(path: string): readonly string[] | undefined {
    return this.#files.get(path)
  }

  /** First line of a file, trimmed. */
  first(path: string): string | undefined {
    return this.#files.get(path)?.[0]?.trim()
  }

  /** The files whose paths match. */
  matching(pattern: RegExp): { path: string; match: RegExpExecArray; lines: readonly string[] }[] {
    return [...this.#files].flatMap(([path, lines]) => {
      const match = pattern.exec(path)
      return match ? [{ path, match, lines }] : []
    })
  }

  /** The fields of each line with a tag. */
  tagged(tag: string): readonly (readonly string[])[] {
    return this.#tags.get(tag) ?? []
  }

  has(tag: string): boolean {
    return this.#tags.has(tag)
  }
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key)
  if (list) list.push(item)
  else map.set(key, [item])
}
