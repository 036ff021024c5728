import { UserError } from '../diagnostics/diagnostic.ts'
import { charge } from './budget.ts'
import { emptyMap } from './python/types.ts'
import { type Item, Undefined, UndefinedError } from './undefined.ts'
import { type Raw, type RawMap, type Scope, TemplateText, type Value } from './values.ts'

/** Value of the name `omit`: a random text, so that no host can send it. Rendering leaves out the entries that have it. */
export const OMIT = `__omit_${crypto.randomUUID()}__`

/** How a template becomes a value; handed in, because it in turn needs the run. */
type TemplateEvaluator = (template: TemplateText, run: Run) => Item

/** One evaluation in one scope: every authored value that it needs is rendered once. */
export class Run {
  readonly scope: Scope
  readonly #rendered = new Map<object, Item>()
  /** Templates being rendered, outermost first. */
  readonly #active: { readonly template: TemplateText; readonly label: string }[] = []
  readonly #evaluate: TemplateEvaluator
  readonly #others: Map<Scope, Run>

  constructor(scope: Scope, evaluate: TemplateEvaluator, others: Map<Scope, Run> = new Map()) {
    this.scope = scope
    this.#evaluate = evaluate
    this.#others = others
    others.set(scope, this)
  }

  /** The run of another scope (an entry of `hostvars`) within the same evaluation. */
  in(scope: Scope): Run {
    return this.#others.get(scope) ?? new Run(scope, this.#evaluate, this.#others)
  }

  /** Renders what was authored; `label` is what an error about recursion calls it. Parts may be undefined. */
  render(raw: Raw, label: string): Item {
    if (typeof raw !== 'object' || raw === null) return raw
    const known = this.#rendered.get(raw)
    if (known !== undefined) return known
    const item = raw instanceof TemplateText ? this.#template(raw, label) : this.#container(raw, label)
    this.#rendered.set(raw, item)
    return item
  }

  #container(raw: readonly Raw[] | RawMap, label: string): Item {
    charge()
    if (Array.isArray(raw)) {
      return raw.map((element: Raw, i) => this.render(element, `${label}[${i}]`)).filter((item) => item !== OMIT)
    }
    const result = emptyMap<Item>()
    for (const [key, value] of Object.entries(raw as RawMap)) {
      const item = this.render(value, label === '' ? key : `${label}.${key}`)
      if (item !== OMIT) result[key] = item
    }
    return result as Item
  }

  #template(template: TemplateText, label: string): Item {
    const from = this.#active.findIndex((entry) => entry.template === template)
    if (from >= 0) {
      const chain = [...this.#active.slice(from), { label }].map((entry) => entry.label).join(' -> ')
      throw new UserError({ message: `a variable refers to itself: ${chain}`, origin: template.origin })
    }
    this.#active.push({ template, label })
    try {
      return this.#evaluate(template, this)
    } catch (error) {
      if (!(error instanceof UndefinedError)) throw error
      const [diagnostic] = error.diagnostics
      return new Undefined(() => diagnostic ?? { message: error.message })
    } finally {
      this.#active.pop()
    }
  }
}

/** What `omit` is to an expression. */
export function builtin(name: string): Value | undefined {
  return name === 'omit' ? OMIT : undefined
}
