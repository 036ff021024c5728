import { parseDocument } from 'yaml'
import { isMapText, pairsOf } from '../extra-vars.ts'
import { joinWords, splitWords } from './extra-args.ts'
import { MASK } from './recorded-args.ts'

export interface RevealedArgs {
  /** The recorded words without the variables whose values were hidden. */
  readonly args: readonly string[]
  /** Variables to be given again. */
  readonly hidden: readonly string[]
  /** A word of which a part is hidden that is no variable: nothing can stand for it. */
  readonly lost: string | undefined
}

/** What of a recorded command line can be used again, and what has to be given again. */
export function revealed(recorded: readonly string[]): RevealedArgs {
  const hidden = new Set<string>()
  let lost: string | undefined
  const words = splitWords(recorded).flatMap((word) => {
    const text = word.kind === 'vars' ? word.value : word.text
    if (!text.includes(MASK)) return [word]
    const kept = word.kind === 'vars' ? withoutHidden(text, hidden) : undefined
    if (kept === undefined) lost ??= text
    return [word.kind === 'vars' ? { ...word, value: kept ?? text } : word]
  })
  return { args: joinWords(words), hidden: [...hidden], lost }
}

/** The variables that are whole; the names of the others go to `hidden`. Undefined when they can't be told apart. */
function withoutHidden(text: string, hidden: Set<string>): string | undefined {
  try {
    const kept = isMapText(text) ? wholeEntries(text, hidden) : wholePairs(text, hidden)
    return kept.includes(MASK) ? undefined : kept
  } catch {
    return undefined
  }
}

/** An empty map when nothing is left: `-e` must have a value. */
function wholePairs(text: string, hidden: Set<string>): string {
  const whole = pairsOf(text)
    .flatMap(({ name, value, start, end }) => {
      if (!value.includes(MASK)) return [text.slice(start, end).trim()]
      hidden.add(name)
      return []
    })
    .join(' ')
  return whole || '{}'
}

function wholeEntries(text: string, hidden: Set<string>): string {
  const value = parseDocument(text, { version: '1.1' }).toJS() as Record<string, unknown>
  const entries = Object.entries(value).filter(([name, item]) => {
    const whole = !JSON.stringify(item)?.includes(MASK)
    if (!whole) hidden.add(name)
    return whole
  })
  return JSON.stringify(Object.fromEntries(entries))
}
