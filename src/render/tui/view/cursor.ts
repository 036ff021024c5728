import type { Situation } from './situation.ts'
import type { ViewState } from './state.ts'

/** The host under the cursor. */
export function cursorHost(view: ViewState, { listed }: Pick<Situation, 'listed'>): string | undefined {
  if (view.page !== 'hosts') return view.selected ?? listed[0]
  return view.selected !== undefined && listed.includes(view.selected) ? view.selected : listed[0]
}
