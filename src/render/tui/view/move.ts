import type { KeyName } from './keys.ts'
import type { Pressed } from './pressed.ts'
import type { Situation } from './situation.ts'
import type { ViewState } from './state.ts'

/** Moves the cursor or scrolls a page; undefined for a key that does neither. */
export function pressMove(view: ViewState, key: KeyName, situation: Situation): Pressed | undefined {
  const step = stepOf(key, Math.max(1, situation.pageSize - 1))
  if (step === undefined) return undefined
  return { view: view.page === 'hosts' ? moved(view, step, situation) : scrolled(view, step, situation) }
}

function stepOf(key: KeyName, page: number): number | undefined {
  switch (key) {
    case 'up':
    case 'k':
      return -1
    case 'down':
    case 'j':
      return 1
    case 'pageup':
    case 'ctrl-b':
      return -page
    case 'pagedown':
    case 'ctrl-f':
    case ' ':
      return page
    case 'home':
    case 'g':
      return Number.NEGATIVE_INFINITY
    case 'end':
    case 'G':
      return Number.POSITIVE_INFINITY
    default:
      return undefined
  }
}

function moved(view: ViewState, step: number, { listed }: Situation): ViewState {
  const at = view.selected === undefined ? 0 : Math.max(0, listed.indexOf(view.selected))
  const to = Math.max(0, Math.min(listed.length - 1, at + step))
  // At the very top the cursor holds no host: the list goes on showing what needs attention first.
  return { ...view, selected: to === 0 && step < 0 ? undefined : (listed[to] ?? view.selected) }
}

function scrolled(view: ViewState, step: number, { lines, pageSize }: Situation): ViewState {
  const last = Math.max(0, lines - pageSize)
  const to = Math.max(0, Math.min(last, (view.scroll ?? last) + step))
  // A log at its end follows what comes.
  return { ...view, scroll: view.page === 'log' && to === last ? undefined : to }
}
