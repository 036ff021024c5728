import { EvaluationError } from '../expression/errors.ts'
import { translate } from '../expression/regex/translate.ts'

/** Whether a name matches. */
export type NameMatcher = (name: string) => boolean

/** Shell globs as Python's fnmatch has them, over the whole name, case kept: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`. */
export function globMatcher(glob: string): NameMatcher {
  if (!/[*?[]/.test(glob)) return (name) => name === glob
  let source = ''
  for (let i = 0; i < glob.length; i++) {
    const character = glob[i] as string
    const close = character === '[' ? setEnd(glob, i) : -1
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (close > 0) {
      source += setSource(glob.slice(i + 1, close))
      i = close
    } else source += character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')
  }
  const regex = new RegExp(`^(?:${source})$`, 's')
  return (name) => regex.test(name)
}

/** Python's regular expressions, matched from the start of the name. Throws EvaluationError for one that is wrong. */
export function regexMatcher(pattern: string): NameMatcher {
  const { source, flags } = translate(pattern)
  let regex: RegExp
  try {
    regex = new RegExp(source, `${flags}uy`)
  } catch (error) {
    throw new EvaluationError((error as Error).message)
  }
  return (name) => {
    regex.lastIndex = 0
    return regex.test(name)
  }
}

/** Offset of the bracket that ends a set; a bracket right after the opening belongs to the set. */
function setEnd(glob: string, open: number): number {
  const first = glob[open + 1] === '!' ? open + 2 : open + 1
  return glob.indexOf(']', first + 1)
}

function setSource(set: string): string {
  const negated = set.startsWith('!')
  const members = (negated ? set.slice(1) : set).replace(/[\\\][^]/g, '\\$&')
  const ordered = members.replace(/(\\?.)-(\\?.)/g, (range, from: string, to: string) =>
    (from.at(-1) as string) > (to.at(-1) as string) ? '' : range,
  )
  return ordered === '' ? (negated ? '.' : '(?!)') : `[${negated ? '^' : ''}${ordered}]`
}
