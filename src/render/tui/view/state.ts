import type { SteeringCommand } from '../../../events/commands.ts'

export type Page = 'hosts' | 'host' | 'log' | 'groups' | 'help' | 'command'

/** A command that acts only once its word was typed. */
export interface Confirmation {
  readonly command: SteeringCommand
  readonly question: string
  readonly word: string
  readonly typed: string
}

/** What the operator looks at. */
export interface ViewState {
  readonly page: Page
  /** The host under the cursor; undefined: whichever is first. */
  readonly selected: string | undefined
  readonly filter: string
  readonly failedOnly: boolean
  /** The filter is being typed. */
  readonly typing: boolean
  readonly confirm: Confirmation | undefined
  /** First line shown of a page that scrolls; undefined in a log: its end. */
  readonly scroll: number | undefined
  /** An answer to the last key. */
  readonly said: { readonly text: string; readonly bad: boolean } | undefined
  /** When that was said, on the clock of the events. */
  readonly saidAt: number
  /** Page to go back to from help and the command. */
  readonly back: Page
  /** A key that means something was pressed: somebody is here, and the end must not take the screen from under the next one. */
  readonly touched: boolean
}

export const FIRST_VIEW: ViewState = {
  page: 'hosts',
  selected: undefined,
  filter: '',
  failedOnly: false,
  typing: false,
  confirm: undefined,
  scroll: 0,
  said: undefined,
  saidAt: 0,
  back: 'hosts',
  touched: false,
}

/** In the list with no host chosen there is nothing that Enter could open: once the run has ended it means: seen. */
export function enterLeaves({ page, selected, typing }: ViewState): boolean {
  return page === 'hosts' && selected === undefined && !typing
}

/** The view once the run has ended: a question that is open and advice that was given come too late. */
export function atEnd(view: ViewState, now: number): ViewState {
  const said = view.confirm ? { text: 'The run has ended: nothing was done.', bad: false } : undefined
  return { ...view, confirm: undefined, said, saidAt: now }
}
