import type { Origin } from '../diagnostics/source.ts'
import { isTemplate, TemplateText } from '../expression/values.ts'

/** A text taken from a file, possibly unquoted on the way, that still knows the place of each of its characters. */
export interface Located {
  readonly text: string
  /** Place of the characters `from` (inclusive) to `to` (exclusive). */
  at(from: number, to: number): Origin
}

/** The whole text's place. */
export function placeOf(located: Located): Origin {
  return located.at(0, located.text.length)
}

/** A string as authored: one with template marks is rendered later, any other is final. */
export function authored(text: string, place: () => Origin): string | TemplateText {
  return isTemplate(text) ? new TemplateText(text, place()) : text
}
