import type { Output } from './output.ts'

/** What a colour means, not which it is. */
export type Meaning =
  | 'ok'
  | 'changed'
  | 'skipped'
  | 'failed'
  | 'unreachable'
  | 'later'
  | 'warning'
  | 'dim'
  | 'added'
  | 'removed'

const CODES: { readonly [M in Meaning]: string } = {
  ok: '32',
  changed: '33',
  skipped: '36',
  failed: '31',
  unreachable: '1;31',
  later: '34',
  warning: '1;35',
  dim: '2',
  added: '32',
  removed: '31',
}

export type Paint = (meaning: Meaning, text: string) => string

/** Colours when asked for; otherwise the text as it is. */
export function painter(on: boolean): Paint {
  return on ? (meaning, text) => `\x1b[${CODES[meaning]}m${text}\x1b[0m` : (_, text) => text
}

/** NO_COLOR (not empty) wins over FORCE_COLOR (0 turns off), and both over what the output is. */
export function wantsColor(out: Pick<Output, 'isTTY'>, env: { readonly [name: string]: string | undefined }): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0'
  return out.isTTY && env.TERM !== 'dumb'
}
