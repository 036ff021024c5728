import { Buffer } from 'node:buffer'
import { Needles, SHORTEST } from './needles.ts'

/** Stands where a value was hidden. */
export const MASK = '********'
/** A line of a key or certificate is redacted alone too, as logs come line by line. */
const MIN_LINE = 8
/** Words of the format itself: masking them (for a password that reads "items") would break whoever reads the event. */
const FORMAT_WORDS = new Set(['text', 'items', 'info', 'low', 'medium', 'high', 'inhibitor'])

/** Hides secrets by value, also in the encodings in which tools print them. Knows nothing of fields: a secret is hidden wherever it shows up. */
export class Redactor {
  readonly #needles = new Needles()
  /** Secrets that are numbers, for the fields that hold them as such. */
  readonly #numbers = new Set<number>()

  /** False when the value is too short to be hidden (under 4 characters); the caller may warn. Adding one twice costs nothing. */
  add(secret: string): boolean {
    // Shorter ones would blank out half of every line and are no secret worth the name.
    if (secret.length < SHORTEST) return false
    for (const form of forms(secret)) this.#needles.add(form)
    if (String(Number(secret)) === secret) this.#numbers.add(Number(secret))
    for (const line of secret.split(/\r?\n/)) {
      if (line.length >= MIN_LINE && line !== secret) for (const form of forms(line)) this.#needles.add(form)
    }
    return true
  }

  text(text: string): string {
    return this.#needles.empty ? text : this.#needles.replace(text, MASK)
  }

  /** A copy with every string (keys too) redacted, and numbers below `result`; the same object when nothing in it had to be. */
  value<T>(value: T, skip?: ReadonlySet<string>): T {
    return this.#needles.empty ? value : (this.#deep(value, undefined, false, skip) as T)
  }

  /** `data`: what a step gave, where a number may be a secret; elsewhere numbers are the format's own. */
  #deep(value: unknown, key: string | undefined, data: boolean, skip?: ReadonlySet<string>): unknown {
    if (typeof value === 'number') return data && this.#numbers.has(value) ? MASK : value
    if (typeof value === 'string') {
      return (key === 'kind' || key === 'severity') && FORMAT_WORDS.has(value) ? value : this.text(value)
    }
    if (Array.isArray(value)) {
      let changed = false
      const copy = value.map((item) => {
        const redacted = this.#deep(item, undefined, data)
        changed ||= redacted !== item
        return redacted
      })
      return changed ? copy : value
    }
    if (typeof value !== 'object' || value === null) return value
    let changed = false
    const copy = Object.entries(value).map(([name, item]): [string, unknown] => {
      if (skip?.has(name)) return [name, item]
      const redacted = this.#deep(item, name, data || name === 'result')
      const newName = this.text(name)
      changed ||= redacted !== item || newName !== name
      return [newName, redacted]
    })
    return changed ? Object.fromEntries(copy) : value
  }
}

function forms(secret: string): string[] {
  const url = encodeURIComponent(wellFormed(secret))
  const strictUrl = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const json = JSON.stringify(secret).slice(1, -1)
  const found = [
    secret,
    json,
    // JSON inside JSON: a result that was printed as JSON on the host.
    JSON.stringify(json).slice(1, -1),
    url,
    strictUrl,
    url.replaceAll('%20', '+'),
    strictUrl.replaceAll('%20', '+'),
    secret.replaceAll("'", `'\\''`),
    Buffer.from(secret).toString('hex'),
    ...base64Forms(secret),
  ]
  return found.filter((form) => form.length >= SHORTEST)
}

/** Base64 as it looks at each of the three alignments in a longer text, without the characters that depend on the neighbours. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const found: string[] = []
  for (const lead of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const from = [0, 2, 3][lead] as number
    const to = (lead + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1
    const core = encoded.slice(from, to)
    // A very short core would match by chance.
    if (core.length >= 6) found.push(core, core.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return found
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}
