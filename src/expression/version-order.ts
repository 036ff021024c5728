import { EvaluationError } from './errors.ts'
import { quoteShort } from './python/text.ts'

const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/

/** Loose versions: runs of digits as numbers, runs of letters as texts; dots only separate. */
export function orderLoose(a: string, b: string): number {
  const x = parts(a)
  const y = parts(b)
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [left, right] = [x[i] as number | string, y[i] as number | string]
    if (typeof left !== typeof right) {
      throw new EvaluationError(`versions ${quoteShort(a)} and ${quoteShort(b)} can't be ordered`)
    }
    if (left !== right) return left < right ? -1 : 1
  }
  return x.length - y.length
}

function parts(version: string): (number | string)[] {
  const found = version.match(/\d+|[a-z]+|[^\da-z.]+/g)
  if (!found) throw new EvaluationError(`${quoteShort(version)} is not a version`)
  return found.map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Semantic versions 2.0: a pre-release comes before its release, build metadata does not count. */
export function orderSemantic(a: string, b: string): number {
  const [x, y] = [semantic(a), semantic(b)]
  for (let i = 0; i < 3; i++) {
    const difference = (x.numbers[i] as number) - (y.numbers[i] as number)
    if (difference !== 0) return difference
  }
  if (!x.pre || !y.pre) return (x.pre ? 0 : 1) - (y.pre ? 0 : 1)
  for (let i = 0; i < Math.min(x.pre.length, y.pre.length); i++) {
    const difference = orderIdentifier(x.pre[i] as string, y.pre[i] as string)
    if (difference !== 0) return difference
  }
  return x.pre.length - y.pre.length
}

function semantic(version: string): { numbers: readonly number[]; pre: readonly string[] | undefined } {
  const match = SEMVER.exec(version)
  if (!match)
    throw new EvaluationError(`${quoteShort(version)} is not a semantic version`, 'such as 1.2.3 or 1.2.3-rc.1')
  return { numbers: match.slice(1, 4).map(Number), pre: match[4]?.split('.') }
}

function orderIdentifier(a: string, b: string): number {
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (x && y) return Number(a) - Number(b)
  if (x !== y) return x ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}
