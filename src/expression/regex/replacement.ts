import { EvaluationError } from '../errors.ts'

const REFERENCE = /\\(?:g<(\w+)>|([1-9]\d?)|([\s\S]))/g
const CONTROL: { readonly [char: string]: string } = { n: '\n', t: '\t', r: '\r', '\\': '\\', '0': '\0' }

/** Python's replacement text: `\1`, `\g<1>`, `\g<name>`, `\n`. */
export function expand(replacement: string, match: RegExpExecArray): string {
  if (!replacement.includes('\\')) return replacement
  return replacement.replace(REFERENCE, (whole, braced?: string, digits?: string, char?: string) => {
    if (char !== undefined) return CONTROL[char] ?? whole
    return group(match, (braced ?? digits) as string)
  })
}

/** A group by number or name; one that took no part is empty. */
export function group(match: RegExpExecArray, name: string): string {
  if (/^\d+$/.test(name)) {
    const index = Number(name)
    if (index < match.length) return match[index] ?? ''
  } else if (match.groups && Object.hasOwn(match.groups, name)) {
    return match.groups[name] ?? ''
  }
  throw new EvaluationError(`the pattern has no group "${name}"`)
}
