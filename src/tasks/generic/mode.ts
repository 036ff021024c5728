import { z } from 'zod'

/** Permissions as a number, or as symbolic changes to what is there (`u=rwX,go=rX`). */
export type Mode =
  | { readonly kind: 'octal'; readonly bits: number }
  | { readonly kind: 'symbolic'; readonly text: string; readonly clauses: readonly Clause[] }

interface Clause {
  /** Bits of user 0o4700, group 0o2070, others 0o1007. */
  readonly who: number
  readonly op: '+' | '-' | '='
  /** Of `rwxXst`. */
  readonly perms: string
}

/** What people type for a mode when they forget the zero or the quotes: as a decimal number it means something else entirely. */
const TYPED_WITHOUT_ZERO = new Set(
  ['400 440 444 500 511 550 555 600 640 644 660 664 666 700 710 711 750 751 755 770 771 775 777']
    .flatMap((list) => list.split(' '))
    .flatMap((mode) => [mode, ...['1', '2', '4', '6'].map((special) => special + mode)])
    .filter((mode) => mode !== '511'),
)

const WHO: { readonly [letter: string]: number } = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }

const PERMS: { readonly [letter: string]: number } = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 }

/** Throws RangeError in words for the author of a playbook. */
export function parseMode(value: string | number): Mode {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0 || value > 0o7777) throw new RangeError(`${value} is not a file mode`)
    if (TYPED_WITHOUT_ZERO.has(String(value))) {
      throw new RangeError(`${value} is a decimal number (mode 0${value.toString(8)}); write '0${value}' in quotes`)
    }
    return { kind: 'octal', bits: value }
  }
  if (/^(0o?)?[0-7]{3,4}$/.test(value)) return { kind: 'octal', bits: Number.parseInt(value.replace(/^0o/, ''), 8) }
  return { kind: 'symbolic', text: value, clauses: value.split(',').flatMap((clause) => parseClause(clause, value)) }
}

function parseClause(clause: string, whole: string): Clause[] {
  const match = /^([ugoa]*)((?:[+=-][rwxXst]*)+)$/.exec(clause)
  if (!match) throw new RangeError(`"${whole}" is not a file mode: write it like '0644' or 'u=rw,go=r'`)
  const [, letters = '', changes = ''] = match
  if (letters === '')
    throw new RangeError(`"${whole}" does not say whose permissions: write a${clause} for everybody's`)
  const who = [...letters].reduce((mask, letter) => mask | (WHO[letter] as number), 0)
  return [...changes.matchAll(/([+=-])([rwxXst]*)/g)].map(([, op, perms]) => ({
    who,
    op: op as Clause['op'],
    perms: perms as string,
  }))
}

/** The permissions that a file with `current` bits should have. */
export function wantedBits(mode: Mode, current: number, isDirectory: boolean): number {
  if (mode.kind === 'octal') return mode.bits
  return mode.clauses.reduce((bits, clause) => applyClause(clause, bits, isDirectory), current & 0o7777)
}

/** As GNU chmod does it: the set-id bits of a directory change only when the clause names them. */
function applyClause({ who, op, perms }: Clause, bits: number, isDirectory: boolean): number {
  const named = [...perms].reduce((mask, perm) => mask | (PERMS[perm] ?? 0), 0) & who
  const kept = isDirectory ? 0o6000 & ~named : 0
  const anyX = perms.includes('X') && (isDirectory || (bits & 0o111) !== 0)
  const value = (named | (anyX ? 0o111 & who : 0)) & ~kept
  if (op === '+') return bits | value
  if (op === '-') return bits & ~value
  return (bits & (~who | kept)) | value
}

/** `0644`, the way modes are shown everywhere. */
export function showMode(bits: number): string {
  return bits.toString(8).padStart(4, '0')
}

/** A mode argument: octal text, a number that YAML read as octal, or symbolic text. */
export const modeArgument = z.union([z.string(), z.number()]).superRefine((value, context) => {
  try {
    parseMode(value)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})
