import type { Raw } from '../expression/values.ts'
import { pythonNumber } from './python-number.ts'
import { pythonString } from './python-string.ts'
import { RawMapBuilder } from './raw-map.ts'

/** `comment`: a trailing `# ...` was dropped. `bareTuple`: `1, 2` without brackets. */
export interface Literal {
  readonly value: Raw
  readonly comment: boolean
  readonly bareTuple: boolean
}

/** The text is a literal to Python, of a type that JSON has no place for (named by `unsupported`). */
export interface Unsupported {
  readonly unsupported: string
}

/** Makes the value of a string literal whose content stands at `from`..`to` of the text. */
export type StringMaker = (value: string, from: number, to: number) => Raw

/** CPython refuses deeper brackets as well. */
const MAX_DEPTH = 200

class NotALiteral extends Error {}
class UnsupportedLiteral extends Error {}

/**
 * Reads a text by the rules of Python's `ast.literal_eval`, which is what types the values of an INI inventory in Ansible.
 * Tuples become lists; keys of maps become strings as in JSON. Undefined: not a literal, so the text stays a string.
 */
export function parsePythonLiteral(text: string, makeString: StringMaker): Literal | Unsupported | undefined {
  try {
    return new LiteralReader(text, makeString).read()
  } catch (error) {
    if (error instanceof UnsupportedLiteral) return { unsupported: error.message }
    if (error instanceof NotALiteral) return undefined
    throw error
  }
}

class LiteralReader {
  readonly #text: string
  readonly #makeString: StringMaker
  #at = 0
  #depth = 0
  #comment = false

  constructor(text: string, makeString: StringMaker) {
    this.#text = text
    this.#makeString = makeString
  }

  read(): Literal {
    const items = [this.#value()]
    let bareTuple = false
    while (this.#take(',')) {
      bareTuple = true
      if (this.#atEnd()) break
      items.push(this.#value())
    }
    if (!this.#atEnd()) throw new NotALiteral()
    return { value: bareTuple ? items : (items[0] as Raw), comment: this.#comment, bareTuple }
  }

  #value(): Raw {
    this.#space()
    const next = this.#text[this.#at]
    if (next === '[') return this.#list(']')
    if (next === '(') return this.#parenthesised()
    if (next === '{') return this.#map()
    const word = /[A-Za-z_]\w*/y
    const string = pythonString(this.#text, this.#at)
    if (string) {
      if (string.unsupported) throw new UnsupportedLiteral(string.unsupported)
      const from = string.from
      this.#at = string.end
      return this.#makeString(string.value, from, string.to)
    }
    word.lastIndex = this.#at
    const name = word.exec(this.#text)?.[0]
    if (name === 'True' || name === 'False' || name === 'None') {
      this.#at += name.length
      return name === 'None' ? null : name === 'True'
    }
    return this.#number()
  }

  #number(): Raw {
    const sign = /[-+]/y
    sign.lastIndex = this.#at
    const negative = sign.exec(this.#text)?.[0] === '-'
    if (sign.lastIndex > 0) this.#at = sign.lastIndex
    this.#space()
    const number = pythonNumber(this.#text, this.#at)
    if (!number) throw new NotALiteral()
    this.#at = number.end
    if (number.unsupported) throw new UnsupportedLiteral(number.unsupported)
    return negative && number.value !== 0 ? -number.value : number.value
  }

  #list(close: string): Raw[] {
    this.#open()
    const items: Raw[] = []
    while (!this.#take(close)) {
      items.push(this.#value())
      if (this.#take(close)) break
      this.#expect(',')
    }
    this.#depth--
    return items
  }

  #parenthesised(): Raw {
    this.#open()
    if (this.#take(')')) return this.#closed([])
    const first = this.#value()
    if (this.#take(')')) return this.#closed(first)
    const items = [first]
    while (this.#take(',') && !this.#peek(')')) items.push(this.#value())
    this.#expect(')')
    return this.#closed(items)
  }

  #map(): Raw {
    this.#open()
    const map = new RawMapBuilder()
    while (!this.#take('}')) {
      const key = this.#value()
      if (this.#peek(',') || this.#peek('}')) throw new UnsupportedLiteral('a Python set')
      this.#expect(':')
      if (typeof key === 'object' && key !== null)
        throw new UnsupportedLiteral('a Python map with keys that are no plain values')
      map.set(String(key), this.#value())
      if (this.#take('}')) break
      this.#expect(',')
    }
    this.#depth--
    return map.done()
  }

  #open(): void {
    if (++this.#depth > MAX_DEPTH) throw new NotALiteral()
    this.#at++
  }

  #closed(value: Raw): Raw {
    this.#depth--
    return value
  }

  #space(): void {
    while (/[ \t\f]/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #peek(character: string): boolean {
    this.#space()
    return this.#text[this.#at] === character
  }

  #take(character: string): boolean {
    if (!this.#peek(character)) return false
    this.#at++
    return true
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw new NotALiteral()
  }

  #atEnd(): boolean {
    this.#space()
    if (this.#text[this.#at] === '#') {
      this.#comment = true
      this.#at = this.#text.length
    }
    return this.#at >= this.#text.length
  }
}
