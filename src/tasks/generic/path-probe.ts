import { argv, quote } from '../../remote/quote.ts'
import { type Probe, ProbeError } from '../contract.ts'
import { ancestors, being } from './resources.ts'
import { parseStat, records, type Stat, statLine } from './stat.ts'

export interface PathFacts {
  /** Of the path itself; undefined when nothing is there. */
  readonly stat: Stat | undefined
  /** For a symbolic link: what it says, what it leads to, and the path that it leads to in the end. */
  readonly link?: { readonly target: string; readonly stat: Stat | undefined; readonly real: string } | undefined
  /** Directories above it that don't exist, from the top. */
  readonly missingParents: readonly string[]
  /** Something above it that is no directory. */
  readonly blockedBy?: string | undefined
}

/** Everything about one path: two processes at most on the host, none when nothing is there. */
export function pathProbe(path: string): Probe<PathFacts> {
  const parents = ancestors(path)
  const p = quote(path)
  return {
    id: `path ${path}`,
    script: `${parents.length === 0 ? '' : parentsScript(parents)}if [ -e ${p} ] || [ -L ${p} ]; then
${statLine('stat', [path])}
if [ -L ${p} ]; then
printf 'target\\t'; readlink -- ${p}; printf '\\0'
printf 'real\\t'; readlink -m -- ${p}; printf '\\0'
${statLine('follow', [path], true)}
fi
fi
printf 'end\\t\\0'
`,
    reads: [`path:${path}`, ...parents.map(being)],
    foresee: (made) =>
      made.has(path)
        ? undefined
        : (fact) => ({ ...fact, missingParents: fact.missingParents.filter((dir) => !made.has(dir)) }),
    parse: ({ code, stdout, stderr }) => parsePath(path, parents, code, stdout, stderr),
  }
}

function parentsScript(parents: readonly string[]): string {
  return `for d in ${argv(parents)}; do
[ -d "$d" ] && continue
if [ -e "$d" ] || [ -L "$d" ]; then printf 'blocked\\t%s\\0' "$d"; else printf 'missing\\t%s\\0' "$d"; fi
break
done
`
}

function parsePath(path: string, parents: readonly string[], code: number, stdout: string, stderr: string): PathFacts {
  const found = new Map(records(stdout).map(({ tag, text }) => [tag, text]))
  if (code !== 0 || !found.has('end'))
    throw new ProbeError(`cannot look at ${path}: ${stderr.trim() || `exit code ${code}`}`)
  const stat = parseStat(found.get('stat') ?? '')?.stat
  const missing = found.get('missing')
  const target = found.get('target')
  return {
    stat,
    link:
      target === undefined
        ? undefined
        : {
            target: target.replace(/\n$/, ''),
            stat: parseStat(found.get('follow') ?? '')?.stat,
            real: (found.get('real') ?? '').replace(/\n$/, ''),
          },
    missingParents: missing === undefined ? [] : parents.slice(parents.indexOf(missing)),
    blockedBy: found.get('blocked'),
  }
}
