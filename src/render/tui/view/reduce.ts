import { pressAction } from './actions.ts'
import { pressConfirm, pressFilter } from './entry.ts'
import type { KeyName } from './keys.ts'
import { pressMove } from './move.ts'
import { type Pressed, say } from './pressed.ts'
import type { Situation } from './situation.ts'
import type { ViewState } from './state.ts'

/** What a key does. Pure: the view that follows, and what is asked of the run or the terminal. */
export function press(before: ViewState, key: KeyName, situation: Situation): Pressed {
  // Like the signal it stands for it asks for the end of the run, and with it of the screen.
  if (key === 'ctrl-c') return ctrlC(before, situation)
  const pressed = pressOther(before, key, situation)
  const { said, touched } = pressed.view
  const saidAt = said === before.said ? before.saidAt : situation.now
  return { ...pressed, view: { ...pressed.view, saidAt, touched: touched || !pressed.unknown } }
}

function pressOther(before: ViewState, key: KeyName, situation: Situation): Pressed {
  if (key === 'ctrl-l') return { view: before, effect: { kind: 'redraw' } }
  const view = { ...before, said: undefined }
  if (key === 'ctrl-z') {
    return { view: say(view, 'A run is not suspended: its hosts would be left alone. Press p to pause it.') }
  }
  if (view.confirm) return pressConfirm(view, view.confirm, key)
  if (view.typing) return { view: pressFilter(view, key) }
  return pressMove(view, key, situation) ?? pressAction(view, key, situation)
}

/** Raised like the signal, so that it means the same with and without a screen; a run of another process is not touched. */
function ctrlC(view: ViewState, { ended, owns }: Situation): Pressed {
  const closed = { ...view, confirm: undefined, typing: false, said: undefined }
  return { view: closed, effect: ended || !owns ? { kind: 'leave' } : { kind: 'interrupt' } }
}
