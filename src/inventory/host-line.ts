import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import type { Located } from './located.ts'

/** A word of a host line, without its quotes. */
export class Word implements Located {
  readonly text: string
  readonly #line: Origin
  /** Offset in the line of each character, then of the end. */
  readonly #offsets: readonly number[]

  constructor(text: string, line: Origin, offsets: readonly number[]) {
    this.text = text
    this.#line = line
    this.#offsets = offsets
  }

  at(from: number, to: number): Origin {
    const start = this.#offsets[from] as number
    const end = to > from ? (this.#offsets[to - 1] as number) + 1 : start
    return this.#line.at(start, end)
  }

  /** The characters after `from`, which keep their places. */
  after(from: number): Word {
    return new Word(this.text.slice(from), this.#line, this.#offsets.slice(from))
  }
}

/**
 * Splits a host line as a POSIX shell would (Python's `shlex` with comments): quotes, backslashes, `#` starts a comment.
 * A `#` in the middle of a word would cut word and line silently; that is an error here. `line` is the line's place.
 */
export function splitHostLine(text: string, line: Origin): Word[] {
  const words: Word[] = []
  let i = 0
  while (i < text.length) {
    const character = text[i] as string
    if (isSpace(character)) i++
    else if (character === '#') break
    else i = readWord(text, i, line, words)
  }
  return words
}

function readWord(text: string, start: number, line: Origin, words: Word[]): number {
  let value = ''
  const offsets: number[] = []
  const keep = (at: number) => {
    value += text[at]
    offsets.push(at)
  }
  let quote = ''
  let quoteAt = start
  let i = start
  for (; i < text.length; i++) {
    const character = text[i] as string
    if (quote === '' && isSpace(character)) break
    if (quote === '' && character === '#') throw cutByHash(text, start, i, line)
    if (quote === '' && (character === '"' || character === "'")) {
      quote = character
      quoteAt = i
    } else if (character === quote) quote = ''
    else if (character === '\\' && quote !== "'") {
      const next = text[i + 1]
      if (next === undefined) {
        throw new UserError({
          message: 'nothing follows the backslash',
          origin: line.at(i, i + 1),
          hint: 'write \\\\ for a backslash',
        })
      }
      if (quote === '"' && next !== '"' && next !== '\\') keep(i)
      else keep(++i)
    } else keep(i)
  }
  if (quote !== '') {
    throw new UserError({
      message: `the quote ${quote} is not closed`,
      origin: line.at(quoteAt, text.length),
      hint: `expected another ${quote}`,
    })
  }
  offsets.push(i)
  words.push(new Word(value, line, offsets))
  return i
}

function cutByHash(text: string, start: number, hash: number, line: Origin): UserError {
  return new UserError({
    message: `"#" inside a word: Ansible would read ${JSON.stringify(text.slice(start, hash))} and drop ${JSON.stringify(text.slice(hash))}`,
    origin: line.at(hash, text.length),
    hint: 'quote the value if # belongs to it; put a space before # if it starts a comment',
  })
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r'
}
