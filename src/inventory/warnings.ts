import type { Origin } from '../diagnostics/source.ts'

/** Warnings of one load. Repeats of one kind in one file are counted instead of printed: 10 000 host lines must not give 10 000 lines. */
export class Warnings {
  readonly #first = new Map<string, { text: string; more: number }>()

  /** `where` is a place in a file, or the file itself. */
  add(kind: string, where: Origin | string, message: string): void {
    const file = typeof where === 'string' ? where : where.source.path
    const key = `${kind}\n${file}`
    const known = this.#first.get(key)
    if (known) known.more++
    else this.#first.set(key, { text: `${where}: ${message}`, more: 0 })
  }

  list(): readonly string[] {
    return [...this.#first.values()].map(({ text, more }) =>
      more > 0 ? `${text} (and ${more} more in this file)` : text,
    )
  }
}
