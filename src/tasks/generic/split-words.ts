/**
 * Splits a command line into words as POSIX shells quote them, without running anything: quotes and backslashes group, nothing else is special.
 * Throws RangeError for a quote that is never closed.
 */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quoteMark: '"' | "'" | undefined
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string
    if (quoteMark === "'") {
      if (char === "'") quoteMark = undefined
      else word += char
    } else if (char === '\\') {
      const next = line[++i]
      if (next === undefined) throw new RangeError('the command ends with a backslash')
      // Inside double quotes a backslash means itself, except before what it could protect.
      word = (word ?? '') + (quoteMark === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next)
    } else if (quoteMark === '"') {
      if (char === '"') quoteMark = undefined
      else word += char
    } else if (char === '"' || char === "'") {
      quoteMark = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quoteMark) throw new RangeError(`no closing ${quoteMark === '"' ? 'double' : 'single'} quote`)
  if (word !== undefined) words.push(word)
  return words
}
