import type { Raw } from '../expression/values.ts'
import { authored, type Located, placeOf } from './located.ts'
import { parsePythonLiteral } from './python-literal.ts'
import type { Warnings } from './warnings.ts'

/**
 * Types a value of a host line (already unquoted) or a `:vars` section as Ansible's code does: a Python literal if it is one, else the text.
 * (Its documentation says that `:vars` values stay strings.) Warns where the value no longer reads as it was written.
 */
export function typeIniValue(located: Located, where: 'host' | 'vars', warnings: Warnings): Raw {
  const { text } = located
  const toKeep = `to keep the text write ${where === 'host' ? `"'${text.trim()}'"` : `'${text.trim()}'`}`
  const asText = () => authored(text, () => placeOf(located))
  if (/^\s*\{[{%#]/.test(text)) return asText()
  const literal = parsePythonLiteral(text, (value, from, to) => authored(value, () => located.at(from, to)))
  if (!literal) {
    if (where === 'vars' && /\s#/.test(text)) {
      warnings.add(
        'hash',
        placeOf(located),
        `the value is the whole text ${JSON.stringify(text)}: no comment can follow it here`,
      )
    }
    return asText()
  }
  if ('unsupported' in literal) {
    warnings.add('unsupported', placeOf(located), `${JSON.stringify(text)} is ${literal.unsupported}; kept as a string`)
    return asText()
  }
  const { value } = literal
  const read = () => JSON.stringify(value)
  if (literal.comment) {
    warnings.add('comment', placeOf(located), `read as ${read()}: what follows # was taken as a comment`)
  } else if (literal.bareTuple) {
    warnings.add('tuple', placeOf(located), `${JSON.stringify(text)} is read as the list ${read()}; ${toKeep}`)
  } else if (typeof value === 'number' && String(value) !== text.trim()) {
    warnings.add('number', placeOf(located), `${JSON.stringify(text)} is read as the number ${read()}; ${toKeep}`)
  }
  return value
}
