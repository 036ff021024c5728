import { text } from '../arguments.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { asNumber } from '../python/compare.ts'
import { quoteShort } from '../python/text.ts'
import { truth } from '../python/truth.ts'

const UNITS = 'YZEPTGMKB'

function power(unit: string): number {
  return 1024 ** (UNITS.length - 1 - UNITS.indexOf(unit))
}

/** Sizes as people write them, in powers of 1024. */
export const sizes: FilterTable = {
  human_to_bytes: {
    parameters: ['default_unit'],
    run(input, { args: [unit] }) {
      const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(
        typeof input === 'number' ? String(input) : text(input).trim(),
      )
      const letters = match?.[2] || (unit === undefined || unit === null ? 'B' : text(unit, 'default_unit'))
      const prefix = (letters[0] ?? '').toUpperCase()
      if (!match || !/^(?:[YZEPTGMK](?:i?B)?|B)$/i.test(letters))
        throw new EvaluationError(`${quoteShort(String(input))} is not a size`, 'such as 10M or 1.5 GB')
      return Math.round(Number(match[1]) * power(prefix))
    },
  },
  human_readable: {
    parameters: ['isbits', 'unit'],
    run(input, { args: [isBits = false, unit = null] }) {
      const value = asNumber(input) ?? Number(text(input))
      if (!Number.isFinite(value)) throw new EvaluationError('not a size')
      const wanted = unit === null ? undefined : text(unit, 'unit').slice(0, 1).toUpperCase()
      const prefix =
        [...UNITS].find((letter) => (wanted === undefined ? value >= power(letter) : letter === wanted)) ?? 'B'
      const scaled = (value / power(prefix)).toFixed(2)
      const word = truth(isBits) ? 'bits' : 'Bytes'
      if (prefix === 'B') return `${scaled} ${word}`
      return `${scaled} ${prefix}${word[0] === 'b' ? 'b' : 'B'}`
    },
  },
}
