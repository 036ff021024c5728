import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { applyFilter, applyTest } from './apply.ts'
import type { Arguments, Expression } from './ast.ts'
import { charge, chargeList } from './budget.ts'
import { EvaluationError } from './errors.ts'
import { FUNCTIONS } from './functions.ts'
import { methodNames, methodOf } from './methods.ts'
import { bind, type Given, NO_ARGUMENTS } from './parameters.ts'
import { type Missing, slice } from './python/access.ts'
import { calculate } from './python/arithmetic.ts'
import { asNumber, compare } from './python/compare.ts'
import { toText } from './python/text.ts'
import { decide } from './python/truth.ts'
import { emptyMap, kindOf } from './python/types.ts'
import { type Reference, refer, resolve, step } from './reference.ts'
import type { Run } from './run.ts'
import { defined, type Item, Undefined } from './undefined.ts'

/** Where an expression is evaluated: its text's place, and the names that the template itself has set. */
export interface Frame {
  readonly run: Run
  readonly origin: Origin
  readonly locals: Locals | undefined
}

/** Names set by `{% set %}` and `{% for %}`, innermost first. */
export class Locals {
  readonly #names = new Map<string, Item>()
  readonly #outer: Locals | undefined

  constructor(outer?: Locals) {
    this.#outer = outer
  }

  get(name: string): Item | undefined {
    return this.#names.get(name) ?? this.#outer?.get(name)
  }

  set(name: string, item: Item): void {
    this.#names.set(name, item)
  }
}

/** The value of an expression; possibly undefined. Errors carry the place of the innermost part that failed. */
export function evaluateNode(node: Expression, frame: Frame): Item {
  try {
    charge()
    return compute(node, frame)
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    throw new UserError({ message: error.message, origin: placeOf(node, frame), hint: error.hint })
  }
}

function compute(node: Expression, frame: Frame): Item {
  switch (node.kind) {
    case 'literal':
      return node.value
    case 'name':
    case 'attribute':
    case 'subscript': {
      const reference = follow(node, frame)
      return reference instanceof Undefined ? reference : resolve(reference)
    }
    case 'list':
      return node.elements.map((element) => evaluateNode(element, frame))
    case 'map': {
      const map = emptyMap<Item>()
      for (const { key, value } of node.entries) map[toText(evaluateNode(key, frame))] = evaluateNode(value, frame)
      return map as Item
    }
    case 'slice': {
      const bounds = [node.from, node.to, node.step].map((part) => (part ? evaluateNode(part, frame) : null))
      const [from = null, to = null, stride = null] = bounds
      return slice(evaluateNode(node.object, frame), from, to, stride)
    }
    case 'call':
      return call(node.callee, given(node.args, frame), frame)
    case 'filter':
      return applyFilter(node.name, evaluateNode(node.input, frame), given(node.args, frame))
    case 'test':
      return applyTest(node.name, evaluateNode(node.input, frame), given(node.args, frame)) !== node.negated
    case 'not':
      return !condition(node.operand, frame)
    case 'sign': {
      const number = asNumber(evaluateNode(node.operand, frame))
      if (number === undefined) throw new EvaluationError(`"${node.operator}" needs a number`, 'convert with `| int`')
      return node.operator === '-' ? 0 - number : number
    }
    case 'binary':
      return calculate(node.operator, evaluateNode(node.left, frame), evaluateNode(node.right, frame))
    case 'compare':
      return chain(node, frame)
    case 'and':
    case 'or': {
      const left = evaluateNode(node.left, frame)
      return decide(left) === (node.kind === 'or') ? left : evaluateNode(node.right, frame)
    }
    case 'if':
      if (condition(node.condition, frame)) return evaluateNode(node.value, frame)
      if (node.otherwise) return evaluateNode(node.otherwise, frame)
      // Text without an `else` is nothing, as in `{{ ',' if not loop.last }}`; and `default` takes it for undefined.
      return new Undefined(
        () => ({ message: 'the condition is false and there is no `else`', origin: placeOf(node, frame) }),
        '',
      )
  }
}

/** An expression whose truth decides something. */
export function condition(node: Expression, frame: Frame): boolean {
  const item = evaluateNode(node, frame)
  try {
    return decide(item)
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    throw new UserError({ message: error.message, origin: placeOf(node, frame), hint: error.hint })
  }
}

function placeOf(node: Expression, frame: Frame): Origin {
  return frame.origin.at(node.start, node.end)
}

/** `a < b <= c`, stopping at the first that does not hold. */
function chain(node: Extract<Expression, { kind: 'compare' }>, frame: Frame): boolean {
  let left = evaluateNode(node.first, frame)
  for (const { operator, right } of node.rest) {
    const next = evaluateNode(right, frame)
    if (!compare(operator, left, next)) return false
    left = next
  }
  return true
}

/** Names, attributes and subscripts, without rendering more than the end of the path. */
function follow(node: Expression, frame: Frame): Reference | Undefined {
  if (node.kind === 'name') {
    const local = frame.locals?.get(node.name)
    return local === undefined ? orUndefined(refer(node.name, frame.run), node, frame) : { kind: 'item', item: local }
  }
  if (node.kind !== 'attribute' && node.kind !== 'subscript') return { kind: 'item', item: evaluateNode(node, frame) }
  charge()
  const object = follow(node.object, frame)
  if (object instanceof Undefined) return object
  if (object.kind === 'item' && object.item instanceof Undefined) return object.item
  const key = node.kind === 'attribute' ? node.name : evaluateNode(node.index, frame)
  return orUndefined(step(object, key), node, frame)
}

function orUndefined(result: Reference | Missing, node: Expression, frame: Frame): Reference | Undefined {
  if (!('missing' in result)) return result
  return new Undefined(() => ({ message: result.missing, origin: placeOf(node, frame), hint: result.hint }))
}

function given({ positional, named }: Arguments, frame: Frame): Given {
  if (positional.length === 0 && named.length === 0) return NO_ARGUMENTS
  return {
    positional: positional.map((argument) => evaluateNode(argument, frame)),
    named: new Map(named.map(({ name, value }) => [name, evaluateNode(value, frame)])),
  }
}

function call(callee: Expression, args: Given, frame: Frame): Item {
  if (callee.kind === 'name') {
    const found = FUNCTIONS.get(callee.name)
    if (!found) throw new EvaluationError(`unknown function "${callee.name}"`)
    return found.run(bind(`${callee.name}()`, found, args).map(asArgument), args)
  }
  if (callee.kind !== 'attribute') throw new EvaluationError('this can not be called')
  const receiver = defined(evaluateNode(callee.object, frame))
  const method = methodOf(receiver, callee.name)
  if (!method) {
    throw new EvaluationError(
      `${kindOf(receiver)} has no method "${callee.name}"`,
      didYouMean(callee.name, methodNames(receiver)),
    )
  }
  const result = method.run(receiver, bind(`${callee.name}()`, method, args).map(asArgument), args)
  if (Array.isArray(result)) chargeList(result.length)
  return result
}

function asArgument(item: Item | undefined) {
  return item === undefined ? undefined : defined(item)
}
