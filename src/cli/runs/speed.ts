import { UserError } from '../../diagnostics/diagnostic.ts'

/** `--speed`: a factor of real time; `max` and 0 stand for no waiting at all. Throws a usage error. */
export function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const factor = text.trim() === '' ? Number.NaN : Number(text)
  if (factor === 0) return Number.POSITIVE_INFINITY
  if (factor >= 0.01 && factor <= 1_000_000) return factor
  throw new UserError(
    { message: `--speed: "${text}" is no speed`, hint: 'write how many times as fast, such as 1 or 60, or max' },
    'usage',
  )
}
