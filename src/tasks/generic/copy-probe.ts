import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { argv, quote } from '../../remote/quote.ts'
import type { CommandResult } from '../../remote/types.ts'
import { type Probe, ProbeError } from '../contract.ts'
import { textOf } from './copy-source.ts'
import { ancestors, being, narrow } from './resources.ts'
import { parseStat, records, type Stat, statLine } from './stat.ts'

/** Files looked at by one probe: keeps argument lists and answers within their limits. */
export const CHUNK = 1000
/** With more files than this no contents are fetched for diffs. */
const FETCH_UP_TO = 50
/** Contents fetched at most: 8 times 64 KiB, as base64, fit into one answer. */
const FETCHED = 8

export interface PresentFile {
  readonly stat: Stat
  /** Of a regular file. */
  readonly sha256?: string | undefined
  /** Its text, where it is small and differs from what is wanted. */
  readonly text?: string | undefined
}

export type PresentFiles = ReadonlyMap<string, PresentFile>

export interface WantedFile {
  readonly path: string
  readonly sha256: string
}

/** Kind, mode, owner and digest of files, in one `stat` and one `sha256sum`; the text of small ones that differ. `tree`: what holds them all. */
export function filesProbe(wanted: readonly WantedFile[], tree: string): Probe<PresentFiles> {
  const paths = wanted.map(({ path }) => path)
  const key = digest(wanted.map(({ path, sha256 }) => `${sha256} ${path}`))
  const holders = [...new Set(paths.flatMap((path) => ancestors(path)))]
  return {
    id: `files ${key}`,
    script: `${statLine('stat', paths)}
set --
for f in ${argv(paths)}; do
if [ -f "$f" ] && [ ! -L "$f" ]; then set -- "$@" "$f"; fi
done
if [ $# -gt 0 ]; then
sums=$(sha256sum -- "$@") || :
printf 'sums\\t%s\\0' "$sums"
${wanted.length > FETCH_UP_TO ? '' : fetchScript(wanted)}fi
printf 'end\\t\\0'
`,
    reads: [...narrow(paths, tree), ...holders.map(being)],
    // What is not there is not there in a new directory either.
    foresee: (made) => (paths.some((path) => made.has(path)) ? undefined : (found) => found),
    parse: parseFiles,
  }
}

/** Sends the beginning of each file that differs from what is wanted. */
function fetchScript(wanted: readonly WantedFile[]): string {
  const lines = wanted.map(({ path, sha256 }) => {
    const p = quote(path)
    return `case $sums in *${quote(`${sha256}  ${path}`)}*) ;; *) send ${p} ;; esac`
  })
  return `left=${FETCHED}
send() {
[ "$left" -gt 0 ] && [ -f "$1" ] && [ ! -L "$1" ] || return 0
left=$((left - 1))
printf 'text\\t%s\\t' "$1"
head -c 65537 -- "$1" | base64 -w 0
printf '\\0'
}
${lines.join('\n')}
`
}

function parseFiles({ code, stdout, stderr, truncated }: CommandResult): PresentFiles {
  const found = new Map<string, PresentFile>()
  const sums = new Map<string, string>()
  const texts = new Map<string, string | undefined>()
  let ended = false
  for (const { tag, text } of records(stdout)) {
    if (tag === 'stat') {
      const entry = parseStat(text)
      if (entry) found.set(entry.path, { stat: entry.stat })
    } else if (tag === 'sums') {
      for (const line of text.split('\n')) {
        const sum = parseSum(line)
        if (sum) sums.set(sum.path, sum.sha256)
      }
    } else if (tag === 'text') {
      const tab = text.lastIndexOf('\t')
      texts.set(text.slice(0, tab), textOf(Buffer.from(text.slice(tab + 1), 'base64')))
    } else if (tag === 'end') ended = true
  }
  if (code !== 0 || !ended || truncated) {
    throw new ProbeError(
      `cannot look at the files: ${stderr.trim() || (truncated ? 'the answer is too long' : `exit code ${code}`)}`,
    )
  }
  for (const [path, file] of found) {
    if (file.stat.type !== 'file') continue
    const sha256 = sums.get(path)
    if (sha256 === undefined) throw new ProbeError(`cannot read ${path}: ${stderr.trim() || 'no digest came back'}`)
    found.set(path, { ...file, sha256, text: texts.get(path) })
  }
  return found
}

/** A line of sha256sum; names with a backslash or line end are escaped, which a backslash at the line's beginning says. */
function parseSum(line: string): { path: string; sha256: string } | undefined {
  const match = /^(\\?)([0-9a-f]{64}) [ *](.*)$/s.exec(line)
  if (!match) return undefined
  const [, escaped, sha256 = '', name = ''] = match
  const path = escaped
    ? name.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : char))
    : name
  return { path, sha256 }
}

/** Which of some directories exist, and as what; links are followed. */
export function directoriesProbe(paths: readonly string[], tree: string): Probe<ReadonlyMap<string, Stat>> {
  return {
    id: `directories ${digest(paths)}`,
    script: paths.length === 0 ? ':' : statLine('dir', paths, true),
    reads: [...narrow(paths, tree), ...(paths.length > 64 ? [] : paths.map(being))],
    foresee: (made) => (paths.some((path) => made.has(path)) ? undefined : (found) => found),
    parse({ code, stdout, stderr, truncated }) {
      if (code !== 0 || truncated)
        throw new ProbeError(`cannot look at the directories: ${stderr.trim() || `exit code ${code}`}`)
      return new Map(
        records(stdout)
          .map(({ text }) => parseStat(text))
          .filter((entry) => entry !== undefined)
          .map(({ path, stat }) => [path, stat]),
      )
    },
  }
}

/** A short name for a long list. */
function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\0')).digest('hex')
}
