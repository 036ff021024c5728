/** Length of the beginning by which texts are found; no text that is looked for is shorter. */
export const SHORTEST = 4
const SLOTS = 1 << 16

/**
 * Many texts that are looked for at once. Time grows with the text that is searched, hardly with their number: a fleet may bring
 * thousands of secrets, and each event is searched for all of them.
 */
export class Needles {
  /** By their first characters, then by length, the longest first: one that contains another must not leave its tail behind. */
  readonly #byStart = new Map<string, { readonly length: number; readonly texts: Set<string> }[]>()
  /** Which hashes of beginnings occur at all. */
  readonly #slots = new Uint8Array(SLOTS)

  get empty(): boolean {
    return this.#byStart.size === 0
  }

  /** Adding one twice costs nothing. Throws RangeError for one that is shorter than SHORTEST. */
  add(needle: string): void {
    if (needle.length < SHORTEST) throw new RangeError(`too short to be looked for: ${needle.length} characters`)
    const start = needle.slice(0, SHORTEST)
    const lengths = this.#byStart.get(start) ?? []
    const same = lengths.find(({ length }) => length === needle.length)
    if (same) {
      same.texts.add(needle)
      return
    }
    lengths.push({ length: needle.length, texts: new Set([needle]) })
    lengths.sort((a, b) => b.length - a.length)
    this.#byStart.set(start, lengths)
    this.#slots[slotOf(needle, 0)] = 1
  }

  /** The text with every needle replaced, from left to right; the same string when it holds none. */
  replace(text: string, mask: string): string {
    let result = ''
    let kept = 0
    for (let i = 0; i + SHORTEST <= text.length; ) {
      const length = this.#slots[slotOf(text, i)] === 1 ? this.#lengthAt(text, i) : 0
      if (length === 0) i++
      else {
        result += text.slice(kept, i) + mask
        i += length
        kept = i
      }
    }
    return kept === 0 ? text : result + text.slice(kept)
  }

  /** Length of the longest needle that begins there; 0 for none. */
  #lengthAt(text: string, i: number): number {
    const lengths = this.#byStart.get(text.slice(i, i + SHORTEST)) ?? []
    return lengths.find(({ length, texts }) => texts.has(text.slice(i, i + length)))?.length ?? 0
  }
}

function slotOf(text: string, i: number): number {
  let hash = text.charCodeAt(i)
  for (let k = 1; k < SHORTEST; k++) hash = Math.imul(hash, 31) + text.charCodeAt(i + k)
  return (hash ^ (hash >>> 16)) & (SLOTS - 1)
}
