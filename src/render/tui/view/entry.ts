import type { KeyName } from './keys.ts'
import type { Pressed } from './pressed.ts'
import type { Confirmation, ViewState } from './state.ts'

const LONGEST = 200

/** A key while a word is to be typed before something happens. */
export function pressConfirm(view: ViewState, confirm: Confirmation, key: KeyName): Pressed {
  if (key === 'esc') return { view: { ...view, confirm: undefined, said: { text: 'Nothing was done.', bad: false } } }
  if (key === 'enter') {
    if (confirm.typed === confirm.word) {
      return { view: { ...view, confirm: undefined }, effect: { kind: 'command', command: confirm.command } }
    }
    const text = `Nothing was done: that was not "${confirm.word}".`
    return { view: { ...view, confirm: undefined, said: { text, bad: true } } }
  }
  return { view: { ...view, confirm: { ...confirm, typed: edited(confirm.typed, key) } } }
}

/** A key while the filter is typed: Enter keeps it, Esc drops it. */
export function pressFilter(view: ViewState, key: KeyName): ViewState {
  if (key === 'enter') return { ...view, typing: false }
  if (key === 'esc') return { ...view, typing: false, filter: '' }
  return { ...view, filter: edited(view.filter, key) }
}

function edited(text: string, key: KeyName): string {
  if (key === 'backspace') return [...text].slice(0, -1).join('')
  if (key === 'ctrl-u') return ''
  return [...key].length === 1 && text.length < LONGEST ? text + key : text
}
