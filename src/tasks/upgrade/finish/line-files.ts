/** A value that would break the file it is to be written into. */
export class LineFileError extends Error {
  override name = 'LineFileError'
}

/**
 * Text of a line file: one value a line, as the final steps' shell reads it (`while IFS= read -r value`).
 *
 * @param what what the values are, for the error: "units to enable"
 * @throws LineFileError for a value that is empty, begins or ends with white space, or holds a control character.
 */
export function renderLines(what: string, values: readonly string[]): string {
  for (const value of values) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (value === '' || value.trim() !== value || /[\x00-\x1f\x7f]/.test(value)) {
      throw new LineFileError(`${what}: ${JSON.stringify(value)} can't be passed on to the upgrade image`)
    }
  }
  return values.map((value) => `${value}\n`).join('')
}

/** The values of a line file's text. */
export function parseLines(text: string): string[] {
  return text.split('\n').slice(0, -1)
}
