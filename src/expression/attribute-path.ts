import { lookUp } from './python/access.ts'
import { toText } from './python/text.ts'
import { type Item, Undefined } from './undefined.ts'

/** A getter for `a.b.0`, as `map(attribute=...)`, `sort` and `selectattr` take it. What is missing becomes undefined. */
export function attributeOf(path: Item): (item: Item) => Item {
  const steps = typeof path === 'number' ? [path] : toText(path).split('.')
  return (item) => {
    let value = item
    for (const step of steps) {
      if (value instanceof Undefined) return value
      const result = lookUp(value, step)
      if ('missing' in result) return new Undefined(() => ({ message: result.missing, hint: result.hint }))
      value = result.found
    }
    return value
  }
}
