import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseRequest } from '../../src/tasks/upgrade/request-source.ts'
import { BUILT_IN_RULES } from '../../src/tasks/upgrade/rules/table.ts'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
const page = readFileSync(`${docs}requests.md`, 'utf8')
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)

test('docs/requests.md shows the whole file, and the driver’s as it is', () => {
  expect(examples).toHaveLength(2)
  const file = readFileSync(`${docs}examples/site/requests.d/10-driver.yml`, 'utf8')
  expect(file.replace(/^#.*\n/gm, '')).toBe(examples[1])
})

test.each(examples)('a request of docs/requests.md is one: %s', (text) => {
  expect(Object.keys(parseRequest('docs/requests.md', text).request)).not.toHaveLength(0)
})

test('the page has every built-in rule, with whether it was ever run', () => {
  const rows = BUILT_IN_RULES.map(
    ({ name, about, proven }) => `| \`${name}\` | ${about} | ${proven === 'lab' ? 'run in the lab' : 'never run'} |`,
  )
  expect(rows.filter((row) => !page.includes(row))).toEqual([])
})
