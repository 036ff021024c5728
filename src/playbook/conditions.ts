import { isScalar, isSeq } from 'yaml'
import { UserError } from '../diagnostics/diagnostic.ts'
import { parseExpression } from '../expression/index.ts'
import { ExpressionText } from '../expression/values.ts'
import { isEmpty, kindOfRaw, type Section } from './section.ts'

/** `when`, `changed_when`, `failed_when`: one expression, a boolean, or a list of these, which are AND-ed. */
export function readConditions(section: Section, key: string): readonly ExpressionText[] {
  const entry = section.entries.get(key)
  if (!entry) return []
  const { document } = section
  if (isEmpty(entry.node)) {
    section.problem(key, 'the condition is missing', 'write an expression, true or false')
    return []
  }
  const nodes = isSeq(entry.node) ? entry.node.items : [entry.node]
  return nodes.flatMap((node) => {
    const expression = document.problems.attempt(() => readExpression(section, key, document.target(node)))
    return expression ? [expression] : []
  })
}

function readExpression(section: Section, key: string, node: unknown): ExpressionText {
  const { document } = section
  if (!isScalar(node) || isEmpty(node)) {
    const got = isEmpty(node) ? 'nothing' : kindOfRaw(document.raw(node))
    throw new UserError({
      message: `${key}: expected an expression, got ${got}`,
      origin: document.origin(node),
      hint: 'put an expression that holds ": " or starts with { or [ into quotes',
    })
  }
  const raw = document.raw(node)
  const text = typeof raw === 'boolean' || raw === null ? String(raw ?? 'none') : String(node.value)
  const expression = new ExpressionText(text, document.scalarOrigin(node))
  parseExpression(expression)
  return expression
}
