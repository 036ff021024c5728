import type { TemplateNode } from './ast.ts'
import { charge, chargeText } from './budget.ts'
import { EvaluationError, placed } from './errors.ts'
import { condition, evaluateNode, type Frame, Locals } from './evaluator.ts'
import { parseTemplate } from './parse.ts'
import { iterate } from './python/access.ts'
import { toText } from './python/text.ts'
import { emptyMap } from './python/types.ts'
import type { Run } from './run.ts'
import { defined, type Item } from './undefined.ts'
import type { TemplateText } from './values.ts'

/**
 * A template's value. One that is a single `{{ }}` keeps the type of its expression, also with nothing but line ends after it
 * (a block scalar ends with one). Anything else is text, in which none prints as nothing.
 */
export function evaluateTemplate(template: TemplateText, run: Run): Item {
  const nodes = parseTemplate(template)
  const frame: Frame = { run, origin: template.origin, locals: new Locals() }
  const [first, second] = nodes
  if (
    first?.kind === 'output' &&
    (nodes.length === 1 || (nodes.length === 2 && second?.kind === 'text' && /^\n+$/.test(second.text)))
  ) {
    const item = evaluateNode(first.expression, frame)
    return typeof item === 'string' && second?.kind === 'text' ? item + second.text : item
  }
  const output: Output = { parts: [], length: 0 }
  placed(
    () => template.origin,
    () => write(nodes, frame, output),
  )
  return output.parts.join('')
}

interface Output {
  readonly parts: string[]
  length: number
}

function emit(output: Output, text: string): void {
  output.length += text.length
  chargeText(output.length)
  output.parts.push(text)
}

function write(nodes: readonly TemplateNode[], frame: Frame, output: Output): void {
  for (const node of nodes) {
    charge()
    switch (node.kind) {
      case 'text':
        emit(output, node.text)
        break
      case 'output': {
        const value = defined(evaluateNode(node.expression, frame))
        if (value !== null) emit(output, toText(value))
        break
      }
      case 'branches': {
        const taken = node.branches.find((branch) => condition(branch.condition, frame))
        write(taken ? taken.body : node.otherwise, frame, output)
        break
      }
      case 'for':
        loop(node, frame, output)
        break
      case 'set':
        assign(frame.locals as Locals, node.targets, evaluateNode(node.value, frame))
        break
    }
  }
}

function loop(node: Extract<TemplateNode, { kind: 'for' }>, frame: Frame, output: Output): void {
  const inner = (item: Item): Frame => {
    const locals = new Locals(frame.locals)
    assign(locals, node.targets, item)
    return { ...frame, locals }
  }
  const { condition: wanted } = node
  const all = placed(
    () => frame.origin.at(node.list.start, node.list.end),
    () => iterate(evaluateNode(node.list, frame)),
  )
  const items = wanted ? all.filter((item) => condition(wanted, inner(item))) : all
  if (items.length === 0) write(node.otherwise, frame, output)
  items.forEach((item, index) => {
    const body = inner(item)
    body.locals?.set('loop', position(items, index))
    write(node.body, body, output)
  })
}

/** The variable `loop`. */
function position(items: readonly Item[], index: number): Item {
  const { length } = items
  const loop = emptyMap<Item>()
  loop.index = index + 1
  loop.index0 = index
  loop.revindex = length - index
  loop.revindex0 = length - index - 1
  loop.first = index === 0
  loop.last = index === length - 1
  loop.length = length
  if (index > 0) loop.previtem = items[index - 1] as Item
  if (index < length - 1) loop.nextitem = items[index + 1] as Item
  return loop as Item
}

/** One name takes all; several take the elements of a list of just that length. */
function assign(locals: Locals, targets: readonly string[], item: Item): void {
  const [name] = targets
  if (targets.length === 1) {
    locals.set(name as string, item)
    return
  }
  const parts = iterate(item)
  if (parts.length !== targets.length) {
    throw new EvaluationError(`${targets.length} names can't take ${parts.length} elements`)
  }
  targets.forEach((target, i) => {
    locals.set(target, parts[i] as Item)
  })
}
