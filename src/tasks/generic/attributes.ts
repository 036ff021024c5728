import { quote } from '../../remote/quote.ts'
import { type Mode, showMode, wantedBits } from './mode.ts'
import type { Stat } from './stat.ts'

/** Mode, owner and group as asked for; undefined ones stay as they are. */
export interface Wanted {
  readonly mode?: Mode | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

/** What must be set; empty when all is as wanted. JSON-safe. */
export interface AttributeChange {
  readonly bits?: number | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

/** The difference between what is and what is wanted. A link has no mode of its own. */
export function attributeChange(stat: Stat, wanted: Wanted): AttributeChange {
  const uid = wanted.uid !== undefined && wanted.uid !== stat.uid ? wanted.uid : undefined
  const gid = wanted.gid !== undefined && wanted.gid !== stat.gid ? wanted.gid : undefined
  const bits =
    wanted.mode === undefined || stat.type === 'link'
      ? undefined
      : wantedBits(wanted.mode, stat.bits, stat.type === 'directory')
  // A change of owner clears the set-id bits, so the mode is set again after it.
  const chmod = bits !== undefined && (bits !== stat.bits || uid !== undefined || gid !== undefined)
  return {
    ...(chmod ? { bits } : {}),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  }
}

export function isEmpty(change: AttributeChange): boolean {
  return Object.keys(change).length === 0
}

/** sh lines that set them on a path given as quoted sh words. `link`: on a symbolic link itself. */
export function attributeLines(change: AttributeChange, target: string, link = false): string {
  const { uid, gid, bits } = change
  const owner = `${uid ?? ''}${gid === undefined ? '' : `:${gid}`}`
  const chown = owner === '' ? '' : `chown ${link ? '-h ' : ''}-- ${quote(owner)} ${target}\n`
  // Five digits: with fewer, chmod leaves the set-id bits of a directory alone.
  const chmod = bits === undefined ? '' : `chmod -- 0${showMode(bits)} ${target}\n`
  return chown + chmod
}

/** `key: value` lines for a diff of attributes. */
export function describe(stat: Stat | undefined, extra: Readonly<Record<string, string>> = {}): string {
  const lines: Record<string, string> = stat
    ? {
        state: stat.type,
        ...(stat.type === 'link' ? {} : { mode: `"${showMode(stat.bits)}"` }),
        owner: nameOf(stat.user, stat.uid),
        group: nameOf(stat.group, stat.gid),
        ...extra,
      }
    : { state: 'absent', ...extra }
  return Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
}

export function nameOf(name: string, id: number): string {
  return name === 'UNKNOWN' ? String(id) : name
}
