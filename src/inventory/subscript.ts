/** A pattern's `[...]` at its end: one host, or a stretch with inclusive ends; negative numbers count from the end. */
export interface Subscript {
  readonly first: number | undefined
  readonly last: number | undefined
  readonly single: boolean
}

export class SubscriptProblem extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** Splits `web[0:2]` into name and subscript. A regex has none; `[abc]` and `[!1]` are sets of a glob. Throws SubscriptProblem. */
export function splitSubscript(text: string): { name: string; subscript?: Subscript } {
  const match = text.startsWith('~') ? null : /^(.+)\[([-\d:]+)\]$/.exec(text)
  if (!match) return { name: text }
  const name = match[1] as string
  const inner = match[2] as string
  if (/^-?\d+$/.test(inner)) return { name, subscript: { first: Number(inner), last: undefined, single: true } }
  const range = /^(-?\d+)?:(-?\d+)?$/.exec(inner)
  if (range && inner !== ':') {
    const [, first, last] = range
    return { name, subscript: { first: number(first), last: number(last), single: false } }
  }
  const dashed = /^(\d+)-(\d+)$/.exec(inner)
  const hint = dashed ? `did you mean ${name}[${dashed[1]}:${dashed[2]}]?` : 'expected [N], [N:M], [N:] or [:M]'
  throw new SubscriptProblem(`"[${inner}]" is no subscript`, hint)
}

/** Takes the hosts that the subscript names. Throws SubscriptProblem when it names none, or is reversed. */
export function applySubscript<T>(hosts: readonly T[], { first, last, single }: Subscript): readonly T[] {
  const size = hosts.length
  const index = (n: number) => (n < 0 ? size + n : n)
  const from = index(first ?? 0)
  const to = single ? from : index(last ?? -1)
  const sameSide = first !== undefined && last !== undefined && first < 0 === last < 0
  if (sameSide && first > last) {
    throw new SubscriptProblem(
      `the subscript is reversed: ${first} comes after ${last}`,
      'write the lower number first',
    )
  }
  const taken = single && from < 0 ? [] : hosts.slice(Math.max(0, from), Math.max(0, to + 1))
  if (taken.length > 0) return taken
  throw new SubscriptProblem(
    `there ${size === 1 ? 'is 1 host' : `are ${size} hosts`}: the subscript names none of them`,
    'the first host is [0]',
  )
}

function number(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits)
}
