/** Bytes of GRUB's environment block: GRUB rewrites it in place and never changes its size. */
export const GRUBENV_SIZE = 1024

const HEADER = '# GRUB Environment Block\n'

/**
 * The variables of an environment block. Values keep their spaces; `\` escapes a line end or itself, as grub-editenv writes it.
 *
 * @throws Error with what is wrong with the block.
 */
export function parseGrubenv(block: string): Map<string, string> {
  if (!block.startsWith(HEADER)) throw new Error('it does not begin with "# GRUB Environment Block"')
  const variables = new Map<string, string>()
  let line = ''
  for (let at = HEADER.length; at < block.length; at++) {
    const char = block[at] as string
    if (char === '\\' && at + 1 < block.length) {
      line += block[++at] as string
    } else if (char !== '\n') {
      line += char
    } else {
      const equals = line.indexOf('=')
      // Comments, and the padding: `#` to the end of the block.
      if (!line.startsWith('#') && equals > 0) variables.set(line.slice(0, equals), line.slice(equals + 1))
      line = ''
    }
  }
  return variables
}
