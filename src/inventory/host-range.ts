/** A bad range: `from` and `to` are offsets in the text given. */
export class RangeProblem extends Error {
  readonly from: number
  readonly to: number
  readonly hint: string | undefined

  constructor(message: string, from: number, to: number, hint?: string) {
    super(message)
    this.from = from
    this.to = to
    this.hint = hint
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** More hosts on one line are a typing error, and would take the memory of the machine. */
const MAX_HOSTS = 100_000

/**
 * Expands every `[begin:end]` and `[begin:end:step]` of a host pattern, left to right, the last one running fastest; ends are inclusive.
 * Numbers with a leading zero are padded to their width; letters run a-z, then A-Z; a missing begin is 0.
 * Throws RangeProblem: reversed, unequal widths, no end, a step of 0, unbalanced brackets.
 */
export function expandRanges(text: string): string[] {
  let names = ['']
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('[', at)
    const stray = text.indexOf(']', at)
    if (stray >= 0 && (open < 0 || stray < open)) throw new RangeProblem('"]" without "["', stray, stray + 1)
    const literal = text.slice(at, open < 0 ? undefined : open)
    if (literal) names = names.map((name) => name + literal)
    if (open < 0) break
    const close = text.indexOf(']', open)
    if (close < 0) throw new RangeProblem('"[" is not closed', open, text.length, 'expected a range such as [1:9]')
    const steps = sequence(text.slice(open + 1, close), open, close + 1)
    if (names.length * steps.length > MAX_HOSTS) {
      throw new RangeProblem(`the range gives more than ${MAX_HOSTS} hosts`, open, close + 1)
    }
    names = names.flatMap((name) => steps.map((step) => name + step))
    at = close + 1
  }
  return names
}

function sequence(range: string, from: number, to: number): string[] {
  const bounds = range.split(':')
  const fail = (message: string, hint?: string) => new RangeProblem(message, from, to, hint)
  if (bounds.length < 2 || bounds.length > 3)
    throw fail('a range is [begin:end] or [begin:end:step]', 'as in web[01:20] or db-[a:c]')
  const [begin = '', end = '', step = '1'] = bounds
  if (end === '') throw fail('the range has no end')
  if (!/^\d+$/.test(step) || Number(step) === 0) throw fail(`the step ${JSON.stringify(step)} is not a positive number`)
  if (/^[a-zA-Z]$/.test(begin) && /^[a-zA-Z]$/.test(end)) return letters(begin, end, Number(step), fail)
  if (!/^\d*$/.test(begin) || !/^\d+$/.test(end)) throw fail('both ends must be numbers, or both single letters')
  return numbers(begin || '0', end, Number(step), fail)
}

type Fail = (message: string, hint?: string) => RangeProblem

function letters(begin: string, end: string, step: number, fail: Fail): string[] {
  const first = LETTERS.indexOf(begin)
  const last = LETTERS.indexOf(end)
  if (first > last)
    throw fail(`the range is reversed: it begins with ${begin} and ends with ${end}`, 'letters run a to z, then A to Z')
  return [...LETTERS.slice(first, last + 1)].filter((_, i) => i % step === 0)
}

function numbers(begin: string, end: string, step: number, fail: Fail): string[] {
  const padded = begin.length > 1 && begin.startsWith('0')
  if (padded && begin.length !== end.length) {
    throw fail(`${begin} and ${end} must have the same width`, `as in [${begin}:${end.padStart(begin.length, '0')}]`)
  }
  const first = Number(begin)
  const last = Number(end)
  if (first > last)
    throw fail(`the range is reversed: no number goes from ${begin} up to ${end}`, `did you mean [${end}:${begin}]?`)
  if ((last - first) / step >= MAX_HOSTS || !Number.isSafeInteger(last))
    throw fail(`the range gives more than ${MAX_HOSTS} hosts`)
  const names: string[] = []
  for (let n = first; n <= last; n += step) names.push(padded ? String(n).padStart(begin.length, '0') : String(n))
  return names
}
