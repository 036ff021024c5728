/** A number literal of Python 3 found at an offset; `end` is the offset after it. */
export interface PythonNumber {
  readonly value: number
  readonly end: number
  /** Set when a double can't hold it, or it is a complex number. */
  readonly unsupported?: string
}

const DIGITS = '\\d(?:_?\\d)*'
const FLOAT = `(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.)(?:[eE][-+]?${DIGITS})?|${DIGITS}[eE][-+]?${DIGITS}`
const INTEGER = '0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\\d)*|0(?:_?0)*'

/** Undefined when no number stands there. `010` is none: Python 3 refuses leading zeros. */
export function pythonNumber(text: string, at: number): PythonNumber | undefined {
  const complex = match(`(?:${FLOAT}|${DIGITS})[jJ]`, text, at)
  if (complex) return { value: 0, end: at + complex.length, unsupported: 'a Python complex number' }
  const digits = match(FLOAT, text, at) ?? match(INTEGER, text, at)
  if (digits === undefined) return undefined
  const end = at + digits.length
  const value = Number(digits.replaceAll('_', ''))
  if (!Number.isFinite(value)) return { value, end, unsupported: 'a number too large to hold' }
  const integer = !/[.eE]/.test(digits) || /^0[xX]/.test(digits)
  if (integer && !Number.isSafeInteger(value))
    return { value, end, unsupported: 'an integer too large to hold exactly' }
  return { value, end }
}

function match(pattern: string, text: string, at: number): string | undefined {
  const regex = new RegExp(`(?:${pattern})(?![\\w.])`, 'y')
  regex.lastIndex = at
  return regex.exec(text)?.[0]
}
