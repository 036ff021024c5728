import { type RawMap, TemplateText } from '../expression/values.ts'
import { isSecretName } from './runs/recorded-args.ts'

/** Answers that give nothing away and that every other line holds. */
const COMMONPLACE = /^(true|false|none|null|yes|no|root|admin)$/i
/** A name with `key` in it tells as often of where a key is, or of its public half. */
const NO_SECRET_KEY = /^(~?\.{0,2}\/|file:|https?:|ssh-|ecdsa-|sk-)/

/**
 * The values of `-e` that are secrets by their names (as in recorded command lines), also inside maps and lists: hidden wherever they show up.
 * Where a name tells of a key, a path, an address or a public key is none.
 */
export function secretTexts(vars: RawMap): string[] {
  return Object.entries(vars).flatMap(([name, value]) => below(name, value))
}

function below(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => below(name, item))
  if (value instanceof TemplateText) return []
  if (typeof value === 'object' && value !== null) {
    const whole = isSecretName(name)
    return Object.entries(value).flatMap(([key, item]) => below(whole ? name : key, item))
  }
  if (!isSecretName(name) || (typeof value !== 'string' && typeof value !== 'number')) return []
  const text = String(value)
  const known = COMMONPLACE.test(text) || (/key/i.test(name) && NO_SECRET_KEY.test(text))
  return known ? [] : [text]
}
