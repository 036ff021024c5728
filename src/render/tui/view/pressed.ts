import type { Effect } from './situation.ts'
import type { ViewState } from './state.ts'

/** What comes of a key. */
export interface Pressed {
  readonly view: ViewState
  readonly effect?: Effect | undefined
  /** The key means nothing here. */
  readonly unknown?: boolean | undefined
}

/** The view with an answer to the key. */
export function say(view: ViewState, text: string, bad = false): ViewState {
  return { ...view, said: { text, bad } }
}
