import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { RUN_FLAGS } from '../../src/cli/run-flags.ts'
import { EXIT } from '../../src/events/outcome.ts'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

/** Numbers in the first column of a page's tables. */
const codes = (page: string) => [...read(page).matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code)).sort()

test.each(['README.md', 'docs/exit-codes.md'])('%s explains every exit code', (page) => {
  expect(codes(page)).toEqual(Object.values(EXIT).sort())
})

test('every option of upgrade-push in README.md exists', () => {
  const flags = Object.entries(RUN_FLAGS).flatMap(([name, flag]) => [name, ...('alias' in flag ? flag.alias : [])])
  const commands = read('README.md').match(/upgrade-push -i [^\n`#]+/g) ?? []
  const used = commands.flatMap((command) => [...command.matchAll(/ --?([a-z-]+)/gi)].map(([, name]) => name))
  expect(commands.length).toBeGreaterThan(4)
  expect(used.filter((name) => name !== undefined && !flags.includes(name))).toEqual([])
})

test('README.md names the tasks of upgrade.yml in their order', async () => {
  const path = fileURLToPath(new URL('../../playbooks/upgrade.yml', import.meta.url))
  const { plays } = await loadPlaybook(path, createRegistry())
  const rows = [...read('README.md').matchAll(/^\| \[(\w+)\]\(docs\/tasks\/\1\.md\)/gm)].map(([, name]) => name)
  expect(rows).toEqual(plays.flatMap(({ tasks }) => tasks.map(({ task }) => task)))
})
