import { argv } from '../../remote/quote.ts'
import type { CommandResult } from '../../remote/types.ts'
import { type Probe, ProbeError } from '../contract.ts'
import { TaggedLines } from './host/tagged-lines.ts'
import { HOST } from './layout.ts'

type PathKind = 'file' | 'directory' | 'other' | 'missing'

export interface HostRequests {
  /** Files of the administrator, in the order of their names. */
  readonly files: readonly { readonly path: string; readonly text: string; readonly fault?: string | undefined }[]
  /** Of every path that was asked about, and of every one that the files seem to name. */
  readonly paths: { readonly [path: string]: PathKind }
}

/** Larger is no request. */
const MAX_BYTES = 65_536
const MAX_FILES = 100

/**
 * The requests of the host's administrator, and which of the paths in them exist. The shell can't read YAML and there is no second
 * round trip, so it asks about everything in the files that looks like an absolute path: a quoted one, or a plain one up to a
 * comma, a brace, a bracket, a quote or the end of the line. A path written in another way comes back without an answer, and is
 * refused by name rather than guessed at.
 */
export function hostRequestsProbe(paths: readonly string[]): Probe<HostRequests> {
  const asked = [...new Set(paths)].sort()
  return {
    id: `upgrade-push/host-requests ${asked.join(' ')}`,
    script: `
kind() {
  if [ -d "$1" ]; then k=directory; elif [ -f "$1" ]; then k=file; elif [ -e "$1" ]; then k=other; else k=missing; fi
  printf '@path\\t%s\\t%s\\n' "$k" "$1"
}
${asked.length > 0 ? `for p in ${argv(asked)}; do kind "$p"; done` : ''}
n=0
for f in ${HOST.requests}/*; do
  case $f in *.yml | *.yaml) ;; *) continue ;; esac
  [ -e "$f" ] || continue
  n=$((n + 1))
  if [ "$n" -gt ${MAX_FILES} ]; then printf '@toomany\\n'; break; fi
  case \${f##*/} in
    *[!A-Za-z0-9._-]*) printf '@fault\\t%s\\t%s\\n' "$f" 'its name has other characters than letters, digits and . _ -'; continue ;;
  esac
  printf '@file\\t%s\\t%s\\n' "$f" "$(stat -L -c '%F/%s/%u/%a' "$f")"
  [ -f "$f" ] && [ "$(stat -L -c %s "$f")" -le ${MAX_BYTES} ] || continue
  grep -a -s -H '' "$f"
  grep -a -o -E "\\"/[^\\"]*\\"|'/[^']*'|/[^][{},\\"'#]*" "$f" | sort -u | while IFS= read -r c; do
    c=\${c#[\\"\\']}; c=\${c%[\\"\\']}
    c=\${c%"\${c##*[![:space:]]}"}
    kind "$c"
  done
done
:`,
    reads: [`tree:${HOST.requests}`, ...asked.map((path) => `path:${path}` as const)],
    parse: parseHostRequests,
  }
}

function parseHostRequests({ stdout, truncated }: CommandResult): HostRequests {
  if (truncated) throw new ProbeError(`the files in ${HOST.requests} are larger than 1 MiB together`)
  const output = new TaggedLines(stdout)
  if (output.has('toomany')) throw new ProbeError(`there are more than ${MAX_FILES} files in ${HOST.requests}`)
  const files = output.tagged('file').map(([path = '', about = '']) => ({
    path,
    text: (output.lines(path) ?? []).map((line) => `${line}\n`).join(''),
    fault: faultOf(about),
  }))
  const faults = output.tagged('fault').map(([path = '', fault]) => ({ path, text: '', fault }))
  return {
    files: [...files, ...faults],
    paths: Object.fromEntries(output.tagged('path').map(([kind, path]) => [path, kind])) as HostRequests['paths'],
  }
}

/** What decides about the content of the host's next kernel must be root's alone. */
function faultOf(about: string): string | undefined {
  const [type = '', bytes, owner, mode = ''] = about.split('/')
  if (!type.startsWith('regular')) return `it is a ${type || 'broken link'}`
  if (Number(bytes) > MAX_BYTES) return `it has ${bytes} bytes, at most ${MAX_BYTES} are read`
  if (owner !== '0') return `it belongs to the user with id ${owner}, not to root`
  if ((Number.parseInt(mode, 8) & 0o022) !== 0) return `others than root may write it (mode ${mode})`
  return undefined
}
