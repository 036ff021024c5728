import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const project = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(`${project}docs/preflight.md`, 'utf8')
const sources = readdirSync(`${project}src/tasks`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(`${project}src/tasks/${name}`, 'utf8') }))

/** Every key that a task's findings can have. */
const keys = sources.flatMap(({ text }) =>
  [...text.matchAll(/\bkey: '([a-z0-9_]+)'|\bdeviation\(\s*'([a-z0-9_]+)'/g)].map(([, bare, own]) => bare ?? own ?? ''),
)

/** Keys in the first column of a table, a row may name several; with whatever else the row says. */
const rows = [...page.matchAll(/^\| (`[a-z0-9_]+`(?:, `[a-z0-9_]+`)*) \| (.*) \|$/gm)].flatMap(
  ([, first = '', rest = '']) => [...first.matchAll(/`([a-z0-9_]+)`/g)].map(([, key = '']) => ({ key, rest })),
)

test('every finding that can be accepted has a row in docs/preflight.md', () => {
  expect(keys.length).toBeGreaterThan(70)
  expect(rows.filter(({ key }, at) => rows.findIndex((row) => row.key === key) !== at)).toEqual([])
  const told = rows.map(({ key, rest }) => key + rest)
  expect(keys.filter((key) => !told.some((text) => text.startsWith(key) || text.includes(`\`${key}\``)))).toEqual([])
})

test('every key of its tables is in the code', () => {
  const unknown = rows.filter(({ key }) => !sources.some(({ text }) => text.includes(`'${key}'`)))
  expect(unknown.map(({ key }) => key)).toEqual([])
})

test('a finding of another step is told as that task’s, with its severity', () => {
  const wrong = rows.flatMap(({ key, rest }) => {
    const [, task, severity] = /^`([a-z_]+)` \| ([a-z]+) \|/.exec(rest) ?? []
    if (task === undefined) return []
    const source = sources.find(({ name, text }) => !name.includes('preflight') && text.includes(`'${key}'`))
    const given = new RegExp(`key: '${key}',\\s*severity: '([a-z]+)'`).exec(source?.text ?? '')?.[1] ?? 'inhibitor'
    const folder = task === 'verify_upgrade' ? 'verify' : task === 'stage_transaction' ? 'transaction' : ''
    const there = source?.name.includes(`/${folder}`) && key.startsWith(folder)
    return there && given === severity ? [] : [key]
  })
  expect(wrong).toEqual([])
})
