import { argv, quote } from '../../remote/quote.ts'

type EntryType = 'file' | 'directory' | 'link' | 'other'

/** What `stat` says of a path. */
export interface Stat {
  readonly type: EntryType
  /** Permission bits, special ones included. */
  readonly bits: number
  readonly uid: number
  readonly gid: number
  /** Names; `UNKNOWN` for numbers without one. */
  readonly user: string
  readonly group: string
  readonly size: number
  /** Device and inode: equal for two names of one file. */
  readonly identity: string
}

const FORMAT = '%f\\t%u\\t%g\\t%s\\t%d:%i\\t%U\\t%G\\t%n\\0'

/** sh that prints a record for each path that exists, under a tag; a path that is not there is left out. `follow`: of what a link leads to. */
export function statLine(tag: string, paths: readonly string[], follow = false): string {
  return `stat ${follow ? '-L ' : ''}--printf=${quote(`${tag}\\t${FORMAT}`)} -- ${argv(paths)} 2>/dev/null || :`
}

/** A record of a probe: its tag and the rest. Records end with NUL, so that names may hold anything else. */
export function records(stdout: string): { tag: string; text: string }[] {
  return stdout
    .split('\0')
    .slice(0, -1)
    .map((record) => {
      const tab = record.indexOf('\t')
      return { tag: record.slice(0, tab), text: record.slice(tab + 1) }
    })
}

/** The fields after the tag. Undefined for what is no such record. */
export function parseStat(text: string): { path: string; stat: Stat } | undefined {
  const match = /^([0-9a-f]+)\t(\d+)\t(\d+)\t(\d+)\t(\d+:\d+)\t([^\t]*)\t([^\t]*)\t(.*)$/s.exec(text)
  if (!match) return undefined
  const [, mode = '', uid, gid, size, identity = '', user = '', group = '', path = ''] = match
  const raw = Number.parseInt(mode, 16)
  return {
    path,
    stat: {
      type: typeOf(raw),
      bits: raw & 0o7777,
      uid: Number(uid),
      gid: Number(gid),
      size: Number(size),
      identity,
      user,
      group,
    },
  }
}

function typeOf(raw: number): EntryType {
  switch (raw & 0o170000) {
    case 0o100000:
      return 'file'
    case 0o040000:
      return 'directory'
    case 0o120000:
      return 'link'
    default:
      return 'other'
  }
}
