/** What a plain (unquoted) scalar can be. */
export type PlainValue = null | boolean | number | string

const WORDS: ReadonlyMap<string, null | boolean> = new Map(
  (
    [
      [null, '', '~', 'null', 'Null', 'NULL'],
      [true, 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'],
      [false, 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'],
    ] as const
  ).flatMap(([value, ...words]) => words.map((word) => [word, value] as const)),
)
const INTEGER = /^([-+]?)(?:0b([01_]+)|0x([0-9a-fA-F_]+)|0([0-7_]+)|(0|[1-9][\d_]*))$/
const BASE_60 = /^([-+]?)(?:([1-9][\d_]*(?::[0-5]?\d)+)|(\d[\d_]*(?::[0-5]?\d)+)(\.[\d_]*))$/
const FLOAT = /^(?:[-+]?\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/

/**
 * A plain scalar typed by YAML 1.1 as PyYAML, and so Ansible, types it: `yes` is true, `0644` is 420, `1:30` is 90, `y` and `1e3` are text.
 * Integers too large to be exact stay text; infinity and not-a-number stay text.
 */
export function plainValue(text: string): PlainValue {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (!/^[-+.\d]/.test(text)) return text
  const value = numberOf(text)
  if (value === undefined || !Number.isFinite(value)) return text
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes('.')) return text
  return value === 0 ? 0 : value
}

function numberOf(text: string): number | undefined {
  const integer = INTEGER.exec(text)
  if (integer) {
    const [, sign, binary, hex, octal, decimal] = integer.map((part) => part?.replaceAll('_', ''))
    const size = binary
      ? Number.parseInt(binary, 2)
      : hex
        ? Number.parseInt(hex, 16)
        : octal !== undefined
          ? Number.parseInt(octal || '0', 8)
          : Number(decimal)
    return sign === '-' ? -size : size
  }
  const base60 = BASE_60.exec(text)
  if (base60) {
    const [, sign, integral, digits = integral, fraction = ''] = base60
    const whole = (digits as string).replaceAll('_', '').split(':')
    const size =
      whole.reduce((sum, part) => sum * 60 + Number(part), 0) +
      (fraction.length > 1 ? Number(fraction.replaceAll('_', '')) : 0)
    return sign === '-' ? -size : size
  }
  return FLOAT.test(text) ? Number(text.replaceAll('_', '')) : undefined
}

/** Why the value of a plain scalar may surprise whoever wrote it; undefined when it does not. */
export function surprise(text: string, value: PlainValue): string | undefined {
  if (typeof value === 'number') {
    if (text.includes(':')) return `${text} is a number in base 60 here: ${value}; put it into quotes to keep the text`
    if (/^[-+]?0[0-7_]+$/.test(text))
      return `${text} is octal here, so the number ${value}; put it into quotes to keep the text`
  }
  if (typeof value === 'boolean' && !/^(?:true|false)$/i.test(text)) {
    return `${text} is the boolean ${value} here; write ${value}, or put it into quotes to keep the text`
  }
  return undefined
}
