/** Unicode's private use area: characters of one column each that mean nothing to Ink. */
const FIRST = 0xe000
const COUNT = 0x1900
const STAND_IN = /[\ue000-\uf8ff]/g

/**
 * A character for each line of a frame on its way through Ink, which takes every character apart and compares line by line. Equal lines
 * have equal characters, so that Ink writes what differs; only on its way to the terminal the line takes its place.
 *
 * A character is given to another line when it is the one that was not used for the longest time: by then thousands of other lines were
 * drawn, and no frame that Ink remembers holds it.
 */
export class StandIns {
  /** Line -> its character, the least recently used first. */
  readonly #characters = new Map<string, string>()
  readonly #lines = new Map<string, string>()

  /** What Ink is to draw in the place of a line. */
  of(line: string): string {
    const character = this.#characters.get(line) ?? this.#free()
    this.#characters.delete(line)
    this.#characters.set(line, character)
    this.#lines.set(character, line)
    return character
  }

  /** What Ink drew, with the lines in their places. */
  resolve(drawn: string): string {
    return drawn.replace(STAND_IN, (character) => this.#lines.get(character) ?? '')
  }

  #free(): string {
    const oldest = this.#characters.size < COUNT ? undefined : this.#characters.entries().next().value
    if (oldest === undefined) return String.fromCharCode(FIRST + this.#characters.size)
    this.#characters.delete(oldest[0])
    return oldest[1]
  }
}
