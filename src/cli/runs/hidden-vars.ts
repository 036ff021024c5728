import { parseDocument } from 'yaml'
import { MASK } from '../../events/redactor.ts'
import { isMapText, pairsOf } from '../extra-vars.ts'
import { joinWords, splitWords } from './extra-args.ts'

/** A variable of which something has to be given again. */
export interface HiddenVariable {
  readonly name: string
  /** As it was recorded: hidden whole, or a map or list with hidden places in it. */
  readonly value: unknown
  /** Whether it was written as `name=value`, whose values are texts, or in a YAML or JSON map. */
  readonly form: 'pair' | 'map'
}

export interface RevealedArgs {
  /** The recorded words without the variables of which something was hidden. */
  readonly args: readonly string[]
  /** Those variables, each once: the last one of a name counts. */
  readonly hidden: readonly HiddenVariable[]
  /** A word of which a part is hidden that is no variable: nothing can stand for it. */
  readonly lost: string | undefined
}

/** What of a recorded command line can be used again, and what has to be given again. */
export function revealed(recorded: readonly string[]): RevealedArgs {
  const hidden = new Map<string, HiddenVariable>()
  let lost: string | undefined
  const words = splitWords(recorded).flatMap((word) => {
    const text = word.kind === 'vars' ? word.value : word.text
    if (!text.includes(MASK)) return [word]
    const kept = word.kind === 'vars' ? withoutHidden(text, hidden) : undefined
    if (kept === undefined) lost ??= text
    return [word.kind === 'vars' ? { ...word, value: kept ?? text } : word]
  })
  return { args: joinWords(words), hidden: [...hidden.values()], lost }
}

/** The variables that are whole; the others go to `hidden`. Undefined when they can't be told apart. */
function withoutHidden(text: string, hidden: Map<string, HiddenVariable>): string | undefined {
  try {
    const kept = isMapText(text) ? wholeEntries(text, hidden) : wholePairs(text, hidden)
    return kept.includes(MASK) ? undefined : kept
  } catch {
    return undefined
  }
}

/** An empty map when nothing is left: `-e` must have a value. */
function wholePairs(text: string, hidden: Map<string, HiddenVariable>): string {
  const whole = pairsOf(text)
    .flatMap(({ name, value, start, end }) => {
      if (!value.includes(MASK)) return [text.slice(start, end).trim()]
      hidden.set(name, { name, value, form: 'pair' })
      return []
    })
    .join(' ')
  return whole || '{}'
}

function wholeEntries(text: string, hidden: Map<string, HiddenVariable>): string {
  const variables = parseDocument(text, { version: '1.1' }).toJS() as Record<string, unknown>
  const entries = Object.entries(variables).filter(([name, value]) => {
    const whole = !JSON.stringify(value)?.includes(MASK)
    if (!whole) hidden.set(name, { name, value, form: 'map' })
    return whole
  })
  return JSON.stringify(Object.fromEntries(entries))
}
