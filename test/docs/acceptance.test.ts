import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const project = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(`${project}docs/acceptance.md`, 'utf8')
const rows = [...page.matchAll(/^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$/gm)].map(
  ([, number, what, state, by = '']) => ({
    number: Number(number),
    what,
    state,
    by,
    tests: [...by.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path),
  }),
)

test('all 120 are there, in their order, each with one of three states', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 120 }, (_, at) => at + 1))
  expect([...new Set(rows.map(({ state }) => state))].sort()).toEqual(['done', 'not on these systems', 'not yet'])
})

test('whatever is done names its tests, and every test that is named exists', () => {
  expect(rows.filter(({ state, tests }) => state === 'done' && tests.length === 0)).toEqual([])
  expect(rows.flatMap(({ tests }) => tests).filter((path) => !existsSync(project + path))).toEqual([])
})

test('the figures at the top are those of the table', () => {
  const count = (state: string) => rows.filter((row) => row.state === state).length
  expect(page).toContain(
    `${count('done')} are done, ${count('not on these systems')} have no meaning on these systems, ${count('not yet')} are not there yet.`,
  )
})
