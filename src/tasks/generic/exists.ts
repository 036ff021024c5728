import { quote } from '../../remote/quote.ts'
import { type Probe, ProbeError, type Resource } from '../contract.ts'
import { ancestors, being } from './resources.ts'

/** Whether something matches a path or a glob pattern on the host. */
export function existsProbe(pattern: string): Probe<boolean> {
  return {
    id: `exists ${pattern}`,
    script: `for f in ${quoteGlob(pattern)}; do
if [ -e "$f" ] || [ -L "$f" ]; then printf 1; exit 0; fi
done
printf 0
`,
    reads: reads(pattern),
    parse({ code, stdout }) {
      if (code !== 0 || (stdout !== '0' && stdout !== '1')) {
        throw new ProbeError(`cannot tell whether ${pattern} exists (exit code ${code})`)
      }
      return stdout === '1'
    },
  }
}

/** Quoted for sh, except for `*`, `?` and `[...]`, which stay alive. */
function quoteGlob(pattern: string): string {
  return pattern
    .split(/(\[[^\]/]+\]|[*?])/)
    .map((part, i) => (part === '' ? '' : i % 2 === 1 ? globPart(part) : quote(part)))
    .join('')
}

function globPart(part: string): string {
  if (!part.startsWith('[')) return part
  const inner = part.slice(1, -1)
  const negated = /^[!^]/.test(inner)
  return `[${negated ? '!' : ''}${quoteSet(negated ? inner.slice(1) : inner)}]`
}

/** Inside brackets only `-` keeps its meaning; anything else that sh could take for syntax is quoted. */
function quoteSet(set: string): string {
  return set.replace(/[^A-Za-z0-9_.-]+/g, (odd) => quote(odd))
}

function reads(pattern: string): Resource[] {
  const wild = pattern.search(/[*?[]/)
  if (wild < 0) return [`path:${pattern}`, ...ancestors(pattern).map(being)]
  return [`tree:${pattern.slice(0, pattern.lastIndexOf('/', wild)) || '/'}`]
}
