import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const project = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(`${project}docs/preflight.md`, 'utf8')
const sources = readdirSync(`${project}src/tasks/upgrade/preflight`).map((name) =>
  readFileSync(`${project}src/tasks/upgrade/preflight/${name}`, 'utf8'),
)
const keys = [
  ...new Set(sources.flatMap((text) => [...text.matchAll(/\bkey: '([a-z0-9_]+)'/g)].map(([, key]) => key as string))),
]

test('every finding of preflight is on its page', () => {
  expect(keys.length).toBeGreaterThan(30)
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([])
})

test('every finding of preflight has a case', () => {
  const cases = `${project}test/cases/upgrade/preflight/`
  const found = readdirSync(cases).flatMap((name) =>
    Object.keys(parse(readFileSync(cases + name, 'utf8')).expect?.findings ?? {}),
  )
  expect(keys.filter((key) => !found.includes(key))).toEqual([])
})
