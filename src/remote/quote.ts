// The one place where anything becomes part of a shell command.

const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/

/** One word of a POSIX sh command line: whatever the text holds, the shell sees exactly it. Throws on NUL, which no argument can hold. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new RangeError('a shell word cannot hold a NUL character')
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command line that runs `words[0]` with the other words as its arguments. */
export function argv(words: readonly string[]): string {
  return words.map(quote).join(' ')
}

/** Shell assignments to stand before a script: data goes in as variables, so that the script itself is a constant. */
export function assign(variables: Readonly<Record<string, string | number>>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new RangeError(`not a shell variable name: ${name}`)
      return `${name}=${quote(String(value))}\n`
    })
    .join('')
}
