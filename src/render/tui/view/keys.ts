/** A key press by its name: a printable character as it is, anything else by a word. */
export type KeyName = string

/** What Ink says of a key. */
export interface InkKey {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly pageUp: boolean
  readonly pageDown: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly ctrl: boolean
  readonly meta: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly tab: boolean
}

const NAMED: readonly (readonly [keyof InkKey, KeyName])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
  ['tab', 'tab'],
]

/** The keys of one piece of input: what was typed fast, or pasted, comes in one piece. */
export function keyNames(input: string, key: InkKey): KeyName[] {
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`]
  for (const [flag, name] of NAMED) if (key[flag]) return [name]
  if (key.meta) return []
  return [...input].flatMap((char) => {
    if (char === '\r' || char === '\n') return ['enter']
    if (char === '\x03') return ['ctrl-c']
    return char >= ' ' && char !== '\x7f' ? [char] : []
  })
}
