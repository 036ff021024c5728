const SIMPLE: { readonly [char: string]: string } = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Python's string escapes, as Jinja reads them. An unknown escape stays as it is, so that `'\d+'` is a usable pattern. */
export function unescapeString(body: string): string {
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, two?: string, four?: string, eight?: string, octal?: string, char?: string) => {
      const hex = two ?? four ?? eight
      const code =
        hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : undefined
      if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole
      return SIMPLE[char as string] ?? whole
    },
  )
}

/**
 * A literal within `{{ }}`, where Ansible takes backslashes as they are, so that a pattern such as `'\d+\.conf'` needs no doubling:
 * only an escaped quote loses its backslash.
 */
export function plainString(body: string, quote: string): string {
  return body.replace(/\\([\s\S])/g, (pair, char: string) => (char === quote ? char : pair))
}
