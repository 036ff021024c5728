import type { Status } from '../../../events/types.ts'
import type { HostStanding } from '../model/host.ts'
import type { Tone } from './line.ts'

export interface Look {
  readonly glyph: string
  readonly word: string
  readonly tone: Tone
}

/** Signs of a terminal that shows only ASCII, and of any other. */
export interface Signs {
  readonly cursor: string
  readonly full: string
  readonly part: string
  readonly bad: string
  readonly none: string
  readonly rule: string
}

const UNICODE: Signs = { cursor: '❯', full: '█', part: '▒', bad: '▓', none: '░', rule: '─' }
const ASCII: Signs = { cursor: '>', full: '#', part: '>', bad: 'x', none: '.', rule: '-' }

/** By the character set that the environment names. */
export function signsOf(env: { readonly [name: string]: string | undefined }): Signs {
  const charset = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return /utf-?8/i.test(charset) ? UNICODE : ASCII
}

export const STANDING: { readonly [K in HostStanding]: Look } = {
  failed: { glyph: 'x', word: 'FAILED', tone: 'failed' },
  refused: { glyph: 'x', word: 'REFUSED', tone: 'failed' },
  unreachable: { glyph: '!', word: 'UNREACH', tone: 'failed' },
  overdue: { glyph: '!', word: 'OVERDUE', tone: 'overdue' },
  late: { glyph: '?', word: 'LATE', tone: 'overdue' },
  running: { glyph: '*', word: 'running', tone: 'running' },
  between: { glyph: '=', word: 'waits', tone: 'plain' },
  stopped: { glyph: '-', word: 'stopped', tone: 'changed' },
  'not-begun': { glyph: '.', word: 'not begun', tone: 'changed' },
  waiting: { glyph: '.', word: 'waiting', tone: 'plain' },
  'left-out': { glyph: '-', word: 'left out', tone: 'changed' },
  done: { glyph: '+', word: 'done', tone: 'ok' },
}

export const STATUS: { readonly [K in Status]: Look } = {
  ok: { glyph: '+', word: 'ok', tone: 'ok' },
  changed: { glyph: '~', word: 'changed', tone: 'changed' },
  deferred: { glyph: '>', word: 'later', tone: 'later' },
  skipped: { glyph: '-', word: 'skipped', tone: 'plain' },
  failed: { glyph: 'x', word: 'FAILED', tone: 'failed' },
  refused: { glyph: 'x', word: 'REFUSED', tone: 'failed' },
  unreachable: { glyph: '!', word: 'UNREACH', tone: 'failed' },
  overdue: { glyph: '!', word: 'OVERDUE', tone: 'overdue' },
}
