import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { taskDocuments } from '../../scripts/task-documents.ts'

const directory = fileURLToPath(new URL('../../docs/tasks/', import.meta.url))
const documents = await taskDocuments()

test('docs/tasks holds a page for each task and no other', () => {
  expect(readdirSync(directory).sort()).toEqual([...documents.keys()].sort())
})

test.each([...documents.keys()])('%s is current: otherwise run `npm run docs`', (name) => {
  expect(readFileSync(directory + name, 'utf8')).toBe(documents.get(name))
})

test.each([...documents.keys()].filter((name) => name !== 'README.md'))(
  'the example of %s is a list of one task',
  (name) => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(documents.get(name) ?? '') ?? []
    const tasks: unknown = parse(example)
    expect(tasks).toHaveLength(1)
    expect(Object.keys((tasks as object[])[0] ?? {})).toContain(name.replace(/\.md$/, ''))
  },
)
