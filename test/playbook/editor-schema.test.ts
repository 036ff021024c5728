import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { editorSchema } from '../../src/playbook/editor-schema.ts'
import { PLAY_KEYS, TASK_KEYS } from '../../src/playbook/keys.ts'
import { createRegistry } from '../../src/tasks/registry.ts'
import { catalog } from './support.ts'

interface Shape {
  items: { properties: object }
  $defs: { task: { properties: { [name: string]: { anyOf: { properties?: { [name: string]: object } }[] } } } }
}

test('the file in docs/schema is current', async () => {
  const written = JSON.parse(await readFile(new URL('../../docs/schema/playbook.schema.json', import.meta.url), 'utf8'))
  expect(written, 'run: npx tsx scripts/schema.ts').toEqual(JSON.parse(JSON.stringify(editorSchema(createRegistry()))))
})

test('every key of plays and tasks, and every task, is there', () => {
  const schema = editorSchema(catalog) as unknown as Shape
  expect(Object.keys(schema.items.properties)).toEqual(Object.keys(PLAY_KEYS))
  expect(Object.keys(schema.$defs.task.properties)).toEqual([...Object.keys(TASK_KEYS), ...catalog.names()])
})

test('an argument takes its own type or a template, and has its description', () => {
  const { file, assert } = (editorSchema(catalog) as unknown as Shape).$defs.task.properties
  const template = { type: 'string', pattern: '\\{[{%]' }
  expect(file?.anyOf[0]?.properties).toMatchObject({
    path: { type: 'string', description: 'Path on the host' },
    state: { anyOf: [{ enum: ['directory', 'absent', 'touch'] }, template] },
    recurse: { anyOf: [{ type: 'boolean' }, template] },
  })
  expect(assert?.anyOf[0]?.properties?.that).toMatchObject({
    anyOf: [{ type: ['string', 'boolean'] }, { type: 'array' }],
  })
})
