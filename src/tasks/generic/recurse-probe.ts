import { quote } from '../../remote/quote.ts'
import { type Probe, ProbeError } from '../contract.ts'
import type { Mode } from './mode.ts'
import { showMode } from './mode.ts'
import { ancestors, being } from './resources.ts'

/** An entry below a directory, as `find` sees it. */
export interface TreeEntry {
  readonly name: string
  readonly isLink: boolean
  readonly isDirectory: boolean
  readonly bits: number
  readonly uid: number
  readonly gid: number
}

export interface TreeFacts {
  readonly entries: readonly TreeEntry[]
  /** There are more than an answer can hold. */
  readonly more: boolean
  readonly error?: string | undefined
}

export interface TreeWanted {
  readonly mode: Mode | undefined
  readonly owner: string | number | undefined
  readonly group: string | number | undefined
}

/** Entries below a directory that may differ from what is wanted; the host sorts out what it can, so that a big tree in order costs no bytes. */
export function recurseProbe(path: string, wanted: TreeWanted): Probe<TreeFacts> {
  const filter = differs(wanted)
  const p = quote(path)
  return {
    id: `tree ${path} ${filter}`,
    script: `[ -d ${p} ] || exit 0
find ${p}/ -mindepth 1 ${filter} -printf '%y\\t%m\\t%U\\t%G\\t%P\\0'`,
    reads: [`tree:${path}`, ...ancestors(path).map(being)],
    parse({ code, stdout, stderr, truncated }) {
      const whole = stdout.split('\0').slice(0, -1)
      const entries = whole.map((record) => parseEntry(record, path))
      const error = code === 0 ? undefined : stderr.trim() || `exit code ${code}`
      return { entries, more: truncated, ...(error === undefined ? {} : { error }) }
    },
  }
}

/** A find expression that is true for what must change: exact for numbers and names, everything for a symbolic mode. */
function differs({ mode, owner, group }: TreeWanted): string {
  if (mode?.kind === 'symbolic') return ''
  const tests = [
    ...(mode ? [`! -type l ! -perm ${showMode(mode.bits)}`] : []),
    ...(owner === undefined ? [] : [`! -user ${quote(String(owner))}`]),
    ...(group === undefined ? [] : [`! -group ${quote(String(group))}`]),
  ]
  return tests.length === 0 ? '-false' : `\\( ${tests.join(' -o ')} \\)`
}

function parseEntry(record: string, path: string): TreeEntry {
  const match = /^(.)\t([0-7]+)\t(\d+)\t(\d+)\t(.*)$/s.exec(record)
  if (!match) throw new ProbeError(`cannot read the tree below ${path}`)
  const [, type, mode = '', uid, gid, name = ''] = match
  return {
    name,
    isLink: type === 'l',
    isDirectory: type === 'd',
    bits: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
  }
}
