export interface Word {
  /** As written, quotes included. */
  readonly text: string
  /** Offset in the whole text. */
  readonly start: number
}

/** Words of a one-line argument text: white space separates, outside of quotes and of `{{ }}`, `{% %}` and `{# #}`. */
export function splitWords(text: string): Word[] {
  const words: Word[] = []
  let start: number | undefined
  let quote = ''
  let mark = ''
  const finish = (end: number) => {
    if (start !== undefined) words.push({ text: text.slice(start, end), start })
    start = undefined
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    const two = text.slice(at, at + 2)
    if (mark !== '') {
      if (two === mark) {
        mark = ''
        at++
      }
      continue
    }
    if (quote === '' && /\s/.test(char)) {
      finish(at)
      continue
    }
    start ??= at
    if (two === '{{' || two === '{%' || two === '{#') {
      mark = two === '{{' ? '}}' : two === '{%' ? '%}' : '#}'
      at++
    } else if (quote !== '') {
      if (char === '\\' && quote === '"') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") {
      quote = char
    } else if (char === '\\') {
      at++
    }
  }
  finish(text.length)
  return words
}

/** `key=value` of a word: the value without the quotes around it, and its offset within the word. */
export function keyValue(
  word: string,
): { readonly key: string; readonly value: string; readonly at: number } | undefined {
  const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word)
  if (!match) return undefined
  const [, key, given] = match as unknown as [string, string, string]
  const quoted = /^(["'])([\s\S]*)\1$/.exec(given)
  const at = key.length + 1
  return quoted ? { key, value: quoted[2] as string, at: at + 1 } : { key, value: given, at }
}
