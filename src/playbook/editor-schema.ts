import { z } from 'zod'
import { PLAY_KEYS, TASK_KEYS } from './keys.ts'
import type { CatalogTask, TaskCatalog } from './types.ts'

type Schema = { [keyword: string]: unknown }

const text: Schema = { type: 'string' }
const map: Schema = { type: 'object' }
const texts: Schema = { anyOf: [text, { type: 'array', items: text }] }
const template: Schema = { type: 'string', pattern: '\\{[{%]' }
const flag: Schema = { anyOf: [{ type: 'boolean' }, template] }
const condition: Schema = { type: ['string', 'boolean'] }
const conditions: Schema = { anyOf: [condition, { type: 'array', items: condition }] }
const batch: Schema = { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^\\d+(\\.\\d+)?%?$' }] }

const SHARED: { readonly [key: string]: Schema } = {
  name: text,
  become: flag,
  become_user: text,
  become_method: { enum: ['sudo'] },
  become_flags: text,
  become_exe: text,
  tags: texts,
  vars: map,
  check_mode: flag,
  diff: flag,
  ignore_errors: flag,
  no_log: flag,
}

const OF_PLAY: { readonly [key in Exclude<keyof typeof PLAY_KEYS, keyof typeof SHARED>]?: Schema } = {
  hosts: texts,
  vars_files: { anyOf: [text, { type: 'array', items: texts }] },
  gather_facts: flag,
  serial: { anyOf: [batch, { type: 'array', items: batch }] },
  max_fail_percentage: {
    anyOf: [
      { type: 'number', minimum: 0, maximum: 100 },
      { type: 'string', pattern: '^\\d+(\\.\\d+)?%?$' },
    ],
  },
  any_errors_fatal: { type: 'boolean' },
  remote_user: text,
  tasks: { type: ['array', 'null'], items: { $ref: '#/$defs/task' } },
}

const OF_TASK: { readonly [key in Exclude<keyof typeof TASK_KEYS, keyof typeof SHARED>]?: Schema } = {
  args: map,
  when: conditions,
  changed_when: conditions,
  failed_when: conditions,
  register: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  loop: { anyOf: [{ type: 'array' }, template] },
  loop_control: {
    type: 'object',
    properties: { loop_var: text, index_var: text, label: {} },
    additionalProperties: false,
  },
  run_once: flag,
  delegate_to: text,
}

/** JSON Schema (2020-12) of playbooks, for editors: the same keys and the same zod types that the loader goes by. */
export function editorSchema(catalog: TaskCatalog): object {
  const tasks = catalog.names().map((name) => catalog.get(name) as CatalogTask)
  const names = tasks.map(({ name }) => name)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'upgrade-push playbook',
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      required: ['hosts'],
      properties: properties(PLAY_KEYS, { ...SHARED, ...OF_PLAY }),
      additionalProperties: false,
    },
    $defs: {
      task: {
        type: 'object',
        properties: {
          ...properties(TASK_KEYS, { ...SHARED, ...OF_TASK }),
          ...Object.fromEntries(tasks.map((task) => [task.name, taskSchema(task)])),
        },
        additionalProperties: false,
        oneOf: names.map((name) => ({ required: [name] })),
      },
    },
  }
}

function properties(keys: { readonly [key: string]: string }, schemas: { readonly [key: string]: Schema }): Schema {
  return Object.fromEntries(Object.entries(keys).map(([key, description]) => [key, { description, ...schemas[key] }]))
}

/** A mapping, `key=value` text or free-form text; nothing when no argument is required. */
function taskSchema(task: CatalogTask): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(task.args, { io: 'input', unrepresentable: 'any' }) as Schema
  const shape = schema.properties as { [name: string]: Schema } | undefined
  if (shape) {
    for (const [name, property] of Object.entries(shape)) {
      const { description, ...rest } = property
      const wanted = task.expressions?.includes(name) ? conditions : orTemplate(rest)
      shape[name] = description === undefined ? wanted : { description, ...wanted }
    }
  }
  // Arguments can also come from `args`, so none is required of the mapping itself.
  const { required: _required, ...open } = schema
  return { ...(task.summary === undefined ? {} : { description: task.summary }), anyOf: [open, text, { type: 'null' }] }
}

/** Any value may come from a template; a text without further conditions takes one anyway. */
function orTemplate(schema: Schema): Schema {
  const { type, description: _, default: _default, ...conditionsOfText } = schema
  const isOpen = type === 'string' ? Object.keys(conditionsOfText).length === 0 : Object.keys(schema).length === 0
  return isOpen ? schema : { anyOf: [withInner(schema), template] }
}

function withInner(schema: Schema): Schema {
  const inner = { ...schema }
  if (isSchema(inner.items)) inner.items = orTemplate(inner.items)
  if (isSchema(inner.properties)) {
    inner.properties = Object.fromEntries(
      Object.entries(inner.properties).map(([name, property]) => [name, orTemplate(property as Schema)]),
    )
  }
  return inner
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
