import { parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import type { Task } from '../src/tasks/contract.ts'

interface Property {
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly anyOf?: readonly Property[]
  readonly items?: Property
  readonly properties?: Readonly<Record<string, Property>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Property | boolean
}

const GENERATED = "<!-- Generated from the task's schema by `npm run docs`; do not edit. -->"

/** A task's reference page: what it does, its arguments, an example. */
export function taskPage(task: Task): string {
  const traits = [
    task.freeForm === undefined ? '' : `A bare string is its \`${task.freeForm}\`.`,
    task.needsRoot ? 'Needs root on the host: logged in as root, or `become: true`.' : '',
    task.exclusive ? "An apply takes the host's lock first: one run at a time." : '',
    task.apply ? 'A long step: it runs alone, with progress, and all hosts of the batch meet after it.' : '',
  ].filter((trait) => trait !== '')
  return [
    GENERATED,
    `# ${task.name}`,
    '',
    task.summary,
    ...(traits.length > 0 ? ['', traits.join(' ')] : []),
    '',
    ...argumentTable(task),
    '',
    '```yaml',
    exampleOf(task),
    '```',
    '',
    '[All tasks](README.md)',
    '',
  ].join('\n')
}

/** The index: the upgrade's tasks in the order of its playbooks, then the others by name. */
export function indexPage(tasks: readonly Task[], order: readonly string[]): string {
  const row = ({ name, summary }: Task) => `| [${name}](${name}.md) | ${cell(firstSentence(summary))} |`
  const upgrade = order.flatMap((name) => tasks.filter((task) => task.name === name))
  const others = tasks.filter((task) => !upgrade.includes(task))
  return [
    GENERATED,
    '# Tasks',
    '',
    'Those of the upgrade, in the order of `playbooks/upgrade.yml`, and the one of `playbooks/cancel.yml`:',
    '',
    '| task | |',
    '|---|---|',
    ...upgrade.map(row),
    '',
    'Those that Ansible has too (also as `ansible.builtin.NAME`):',
    '',
    '| task | |',
    '|---|---|',
    ...others.map(row),
    '',
    'Keys that every task takes (`when`, `register`, `loop`, ...): [playbooks](../playbooks.md). Tasks of your own: [plugins](../plugins.md).',
    '',
  ].join('\n')
}

/** The example as a playbook has it: an item of a list, whether or not the task wrote it as one. */
function exampleOf({ example }: Task): string {
  const text = example.trim()
  return Array.isArray(parseDocument(text).toJS()) ? text : `- ${text.replaceAll('\n', '\n  ')}`
}

function argumentTable(task: Task): string[] {
  const schema = z.toJSONSchema(task.args, { io: 'input', unrepresentable: 'any' }) as Property
  const any = schema.additionalProperties
  if (any !== undefined && any !== false && Object.keys(schema.properties ?? {}).length === 0) {
    return ['Its arguments are names of your choice, each with a value of any type.']
  }
  const rows = rowsOf(schema, '', new Set(task.expressions))
  return rows.length > 0 ? ['| argument | type | needed | |', '|---|---|---|---|', ...rows] : ['It takes no arguments.']
}

/** One row for each argument; arguments within arguments follow theirs, as `outer.inner` or, in a list, `outer[].inner`. */
function rowsOf(
  { properties = {}, required = [] }: Property,
  above: string,
  expressions: ReadonlySet<string>,
): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const bare = above === '' && expressions.has(name)
    const type = bare ? (property.anyOf ? 'expression, or list of expressions' : 'expression') : typeOf(property)
    const needed = required.includes(name) ? 'yes' : ''
    const row = `| \`${above}${name}\` | ${cell(type)} | ${needed} | ${cell(describe(property))} |`
    if (bare) return [row]
    return [row, ...inner(property).flatMap(({ of, suffix }) => rowsOf(of, `${above}${name}${suffix}`, expressions))]
  })
}

function inner(property: Property): { of: Property; suffix: string }[] {
  if (property.properties) return [{ of: property, suffix: '.' }]
  if (property.items?.properties) return [{ of: property.items, suffix: '[].' }]
  const choices = property.items?.anyOf ?? property.anyOf ?? []
  return choices
    .filter((choice) => choice.properties)
    .map((of) => ({ of, suffix: property.items?.anyOf ? '[].' : '.' }))
}

function describe({ description = '', default: standard }: Property): string {
  const trivial = standard === undefined || standard === false || JSON.stringify(standard) === '[]'
  return [description, trivial ? '' : `Default: \`${stringify(standard, { collectionStyle: 'flow' }).trim()}\``]
    .filter((part) => part !== '')
    .join('. ')
}

function typeOf(property: Property): string {
  if (property.enum) return property.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (property.anyOf) return [...new Set(property.anyOf.map(typeOf))].join(' or ')
  if (property.type === 'array') return `list of ${property.items ? typeOf(property.items) : 'anything'}`
  const names: Readonly<Record<string, string>> = { object: 'mapping', string: 'text', integer: 'whole number' }
  return [property.type ?? 'anything']
    .flat()
    .map((type) => names[type] ?? type)
    .join(' or ')
}

function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0].replace(/[.:]$/, '') ?? text
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
