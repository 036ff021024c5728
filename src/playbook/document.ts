import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { UserError } from '../diagnostics/diagnostic.ts'
import { Origin, type SourceFile } from '../diagnostics/source.ts'
import { isTemplate, type Raw, TemplateText } from '../expression/values.ts'
import { explain, parseYaml } from '../expression/yaml/document.ts'
import { surprise } from '../expression/yaml/plain.ts'
import { YamlReader } from '../expression/yaml/raw.ts'
import { ScalarOrigin, type ScalarStyle } from '../expression/yaml/scalar-origin.ts'
import type { Problems } from './problems.ts'

/** A playbook's YAML with the place of everything. */
export class PlaybookDocument {
  readonly source: SourceFile
  readonly top: Node | null
  readonly problems: Problems
  readonly #reader: YamlReader

  /** Syntax errors are collected; when there are any, `top` is null: what the parser guessed means nothing. */
  constructor(source: SourceFile, problems: Problems) {
    this.source = source
    this.problems = problems
    const document: Document.Parsed = parseYaml(source.text)
    const [first] = document.errors
    // What follows a syntax error is noise of the same cause; duplicate keys are each their own.
    const shown = document.errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY')
    for (const { code, message, pos } of shown) {
      const origin = new Origin(source, pos[0], pos[1])
      const tab = code !== 'DUPLICATE_KEY' && /^ *\t/.test(source.line(origin.line))
      const { message: what, hint } = explain(tab ? 'TAB_AS_INDENT' : code, tab ? 'a tab can not indent' : message)
      problems.add(origin, what, hint)
    }
    this.top = document.errors.length > 0 ? null : document.contents
    this.#reader = new YamlReader(document, {
      text: (text, node) => (isTemplate(text) ? new TemplateText(text, this.scalarOrigin(node)) : text),
      fault: (message, node, hint) => new UserError({ message, origin: this.origin(node), hint }),
      plain: (text, value, node, parent) => {
        // `become: yes` is how Ansible's own examples are written; in a list or as a key, a text was meant.
        if (typeof value === 'boolean' && parent === 'value') return
        // `mode: 0644` is meant in octal, and tasks take it so.
        if (typeof value === 'number' && /mode["']?:\s*$/.test(source.text.slice(0, node.range?.[0]).slice(-40))) return
        const why = surprise(text, value)
        if (why !== undefined) problems.warn(this.origin(node), why)
      },
    })
  }

  /** The value as authored. Throws UserError for what is no value (unknown tags, vault). */
  raw(node: unknown): Raw {
    const template = unquotedTemplate(this.target(node))
    if (template) {
      throw new UserError({
        message: 'a template must be in quotes: YAML reads { as a mapping',
        origin: this.origin(template),
        hint: `write "${this.source.text.slice(template.range?.[0], template.range?.[1])}"`,
      })
    }
    return this.#reader.value(node)
  }

  key(node: unknown): string {
    return this.#reader.key(node)
  }

  /** What an alias stands for; any other node is itself. */
  target(node: unknown): unknown {
    return this.#reader.target(node)
  }

  /** Place of a node: of a text, its content. */
  origin(node: unknown): Origin {
    if (isScalar(node)) return this.scalarOrigin(node)
    const range = (node as Node | null | undefined)?.range
    if (!range) return new Origin(this.source, 0)
    const text = this.source.text.slice(range[0], range[1])
    return new Origin(this.source, range[0], range[0] + (text.split('\n')[0] as string).trimEnd().length)
  }

  scalarOrigin(node: Scalar): ScalarOrigin {
    const [start, end] = node.range ?? [0, 0]
    const value = String(node.value ?? '')
    const style = styleOf(node)
    if (style === 'plain') return new ScalarOrigin(this.source, start, end, value, style)
    if (style !== 'block') return new ScalarOrigin(this.source, start + 1, Math.max(start + 1, end - 1), value, style)
    const header = this.source.text.indexOf('\n', start) + 1
    const content = header > start && header <= end ? header : end
    return new ScalarOrigin(this.source, content, end, value, style)
  }
}

function styleOf(node: Scalar): ScalarStyle {
  switch (node.type) {
    case 'QUOTE_DOUBLE':
      return 'double'
    case 'QUOTE_SINGLE':
      return 'single'
    case 'BLOCK_FOLDED':
    case 'BLOCK_LITERAL':
      return 'block'
    default:
      return 'plain'
  }
}

/** `{{ x }}` without quotes: a flow mapping whose only key is a flow mapping. */
function unquotedTemplate(node: unknown): YAMLMap | undefined {
  if (isSeq(node)) return node.items.map(unquotedTemplate).find((found) => found !== undefined)
  if (!isMap(node)) return undefined
  if (node.flow && node.items.length === 1 && isMap(node.items[0]?.key)) return node
  return (node.items as Pair[]).map((pair) => unquotedTemplate(pair.value)).find((found) => found !== undefined)
}
