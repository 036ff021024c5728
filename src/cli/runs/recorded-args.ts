import { parseDocument } from 'yaml'
import { MASK } from '../../events/redactor.ts'
import { SECRET_VARIABLES } from '../../remote/types.ts'
import { isMapText, pairsOf } from '../extra-vars.ts'
import { joinWords, splitWords } from './extra-args.ts'

/** Whether a variable's name says that its value is nobody's business. */
export function isSecretName(name: string): boolean {
  return SECRET_VARIABLES.includes(name) || /pass|secret|token|key/i.test(name)
}

/**
 * What was typed, as a journal may hold it: the value of every `-e` variable whose name tells of a secret is hidden, also inside maps.
 * Files are named and never read. What can't be read as variables is hidden whole.
 */
export function recordedArgs(args: readonly string[]): string[] {
  return joinWords(
    splitWords(args).map((word) => (word.kind === 'vars' ? { ...word, value: withoutSecrets(word.value) } : word)),
  )
}

function withoutSecrets(text: string): string {
  if (text.startsWith('@')) return text
  try {
    return isMapText(text) ? mapWithoutSecrets(text) : pairsWithoutSecrets(text)
  } catch {
    return MASK
  }
}

function pairsWithoutSecrets(text: string): string {
  let shown = ''
  let at = 0
  for (const { name, start, end } of pairsOf(text)) {
    if (!isSecretName(name)) continue
    const space = /^\s*/.exec(text.slice(start))?.[0] ?? ''
    shown += `${text.slice(at, start)}${space}${name}=${MASK}`
    at = end
  }
  return shown + text.slice(at)
}

function mapWithoutSecrets(text: string): string {
  const document = parseDocument(text, { version: '1.1' })
  if (document.errors.length > 0) return MASK
  const value: unknown = document.toJS()
  const hidden = hide(value)
  return hidden === value ? text : JSON.stringify(hidden)
}

/** The same object where nothing had to be hidden. */
function hide(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(hide)
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => [
    name,
    isSecretName(name) ? MASK : hide(item),
  ])
  return entries.some(([name, item]) => item !== (value as Record<string, unknown>)[name])
    ? Object.fromEntries(entries)
    : value
}
