import { elements, text } from '../arguments.ts'
import { attributeOf } from '../attribute-path.ts'
import { charge } from '../budget.ts'
import type { Call, Filter, FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import type { Given } from '../parameters.ts'
import { truth } from '../python/truth.ts'
import { defined, type Item, Undefined } from '../undefined.ts'
import type { Value } from '../values.ts'

/** Filters over elements, by another filter or a test given by name. */
export const selecting: FilterTable = {
  map: { parameters: ['*rest', '**'], run: (input, call) => elements(input).map(mapper(call)) },
  select: picking(false, true),
  reject: picking(false, false),
  selectattr: picking(true, true),
  rejectattr: picking(true, false),
}

function mapper({ given, calls }: Call): (item: Item) => Item {
  const attribute = given.named.get('attribute')
  if (attribute !== undefined) {
    for (const name of given.named.keys()) {
      if (name !== 'attribute' && name !== 'default')
        throw new EvaluationError(`filter "map" has no argument "${name}"`, 'it has: attribute, default')
    }
    const get = attributeOf(attribute)
    const otherwise = given.named.get('default')
    return (item) => {
      charge()
      const value = get(item)
      return value instanceof Undefined && otherwise !== undefined ? otherwise : value
    }
  }
  const [name, ...rest] = given.positional
  if (name === undefined) throw new EvaluationError('filter "map" needs a filter\'s name or attribute=...')
  const filter = text(defined(name), 'the name of a filter')
  const passed: Given = { positional: rest, named: given.named }
  return (item) => {
    charge()
    return calls.filter(filter, item, passed)
  }
}

/** `select('test', ...)` and `selectattr('path', 'test', ...)`; without a test, truth decides. */
function picking(byAttribute: boolean, wanted: boolean): Filter {
  return {
    parameters: ['*rest', '**'],
    run(input: Value, { given, calls }: Call) {
      const [attribute] = given.positional
      if (byAttribute && attribute === undefined) throw new EvaluationError('the name of an attribute is missing')
      const get = byAttribute ? attributeOf(attribute as Item) : (item: Item) => item
      const [test, ...rest] = given.positional.slice(byAttribute ? 1 : 0)
      const passed: Given = { positional: rest, named: given.named }
      const holds =
        test === undefined
          ? (item: Item) => truth(get(item))
          : (item: Item) => calls.test(text(defined(test), 'the name of a test'), get(item), passed)
      return elements(input).filter((item) => {
        charge()
        return holds(item) === wanted
      })
    },
  }
}
