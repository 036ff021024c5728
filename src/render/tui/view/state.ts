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
  /** Page to go back to from help and the command. */
  readonly back: Page
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
  back: 'hosts',
}

/** Whether the operator looks at something that the end of the run must not take away. */
export function isLooking({ page, typing, confirm, selected, filter }: ViewState): boolean {
  return page !== 'hosts' || typing || confirm !== undefined || selected !== undefined || filter !== ''
}
