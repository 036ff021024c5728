/**
 * Characters that must never reach a terminal or a log as they are: C0 and C1 controls, DEL, line and paragraph separators, bidi and other invisible
 * format controls, lone surrogates. A hostile host could drive the operator's terminal or make text read differently from what it is.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const NAMED: { readonly [char: string]: string } = { '\n': '\\n', '\r': '\\r', '\b': '\\b', '\f': '\\f' }

/** One line, with every unsafe character shown as `\x1b` or `\u202e`; tabs stay. Longer than `cap` characters: cut, and said so. */
export function visible(text: string, cap = 2000): string {
  const kept = text.length > cap ? text.slice(0, cap) : text
  const shown = kept.replace(UNSAFE, escapeChar)
  return kept.length < text.length ? `${shown}... (${text.length - kept.length} more characters)` : shown
}

/** The lines of a text, each made visible; a final line end gives no empty line. */
export function visibleLines(text: string, cap = 2000): string[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => visible(line, cap))
}

/** JSON text whose unsafe characters are `\u` escapes: same value, harmless on a terminal. */
export function visibleJson(json: string): string {
  // Line ends between tokens can't occur: the callers use one-line JSON.
  return json.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function escapeChar(char: string): string {
  const named = NAMED[char]
  if (named) return named
  const code = char.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
