/** Text from a host, made safe for a message: control characters are shown as `?`, runs of blank lines go, at most `limit` characters stay. */
export function sanitise(text: string, limit = 500): string {
  const clean = text
    // Control, format and surrogate characters: escape sequences, bidi overrides, invisible joiners.
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n\t]/gu, '?')
    .replace(/\n\s*\n+/g, '\n')
    .trim()
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean
}

/** The last line that says something: usually the cause. */
export function lastLine(text: string, limit = 300): string {
  return sanitise(text.slice(-4096), 4096).split('\n').at(-1)?.trim().slice(0, limit) ?? ''
}
