import { resolve } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { Origin } from '../diagnostics/source.ts'
import { type InventoryIo, machine } from './io.ts'
import { commandLineText, parsePattern, type Term } from './patterns.ts'
import { look, readSource } from './reading.ts'
import { type Selection, selectTerms } from './select.ts'
import type { Inventory } from './types.ts'

/**
 * Evaluates `--limit`: a pattern in which `@FILE` stands for the lines of a file (one pattern per line; blank lines and `#` comments are skipped).
 * Throws UserError when it is empty, when any term matches nothing, or when no host is left.
 */
export async function selectLimit(limit: string, inventory: Inventory, io: InventoryIo = machine): Promise<Selection> {
  const origin = commandLineText('--limit', limit)
  const terms: Term[] = []
  for (const term of parsePattern(limit, origin)) {
    if (term.kind === 'union' && term.text.startsWith('@')) terms.push(...(await readFileTerms(term, io)))
    else terms.push(term)
  }
  const selection = selectTerms(terms, inventory)
  if (selection.hosts.length > 0) return selection
  throw new UserError({ message: 'the limit leaves no hosts', origin, hint: 'an empty limit does not mean all hosts' })
}

async function readFileTerms(term: Term, io: InventoryIo): Promise<Term[]> {
  const path = resolve(term.text.slice(1))
  const kind = (await look(path, io))?.kind
  if (term.text === '@' || kind !== 'file') {
    const message = kind === undefined ? `no such file: ${path}` : `${path} is not a file`
    throw new UserError({ message, origin: term.origin, hint: '@ is followed by a file with one pattern per line' })
  }
  const source = await readSource(path, io)
  const terms: Term[] = []
  let start = 0
  for (const line of source.text.split('\n')) {
    const text = line.trim()
    const at = start + line.length - line.trimStart().length
    start += line.length + 1
    if (text !== '' && !text.startsWith('#'))
      terms.push(...parsePattern(text, new Origin(source, at, at + text.length)))
  }
  if (terms.length > 0) return terms
  throw new UserError({
    message: `${path} names no hosts`,
    origin: term.origin,
    hint: 'an empty limit does not mean all hosts',
  })
}
