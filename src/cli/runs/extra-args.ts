/** A command line's words, with those that are values of `-e` set apart. */
export type Word =
  | { readonly kind: 'word'; readonly text: string }
  /** `lead`: what stands before the value in the same word (`--extra-vars=`), or nothing. */
  | { readonly kind: 'vars'; readonly lead: string; readonly value: string }

/** `-e V`, `-De V`, `-e=V`, `-e{...}`, `--extra-vars V`, `--extra-vars=V`: as the parser of the command line takes them. */
export function splitWords(args: readonly string[]): Word[] {
  const words: Word[] = []
  let valueNext = false
  let options = true
  for (const arg of args) {
    if (valueNext) {
      words.push({ kind: 'vars', lead: '', value: arg })
      valueNext = false
      continue
    }
    if (arg === '--') options = false
    const joined = options ? /^(--(?:extra-vars|e)=|-[A-Za-z]*e=|-[A-Za-z]*e(?=[^\w=]))([\s\S]*)$/.exec(arg) : null
    if (joined) {
      words.push({ kind: 'vars', lead: joined[1] ?? '', value: joined[2] ?? '' })
      continue
    }
    words.push({ kind: 'word', text: arg })
    valueNext = options && /^(--extra-vars|--e|-[A-Za-z]*e)$/.test(arg)
  }
  return words
}

export function joinWords(words: readonly Word[]): string[] {
  return words.map((word) => (word.kind === 'word' ? word.text : word.lead + word.value))
}
