import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'docs-'))
})
afterAll(() => rm(dir, { recursive: true }))

const load = async (text: string) => {
  const path = join(dir, 'play.yml')
  await writeFile(path, text)
  return loadPlaybook(path, createRegistry())
}
const page = await readFile(new URL('../../docs/playbooks.md', import.meta.url), 'utf8')

test('the example of docs/playbooks.md is a playbook, without a warning', async () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
  const { plays, warnings } = await load(example)
  expect(plays[0]?.tasks).toHaveLength(3)
  expect(warnings).toEqual([])
})

test('the keys that docs/playbooks.md says are not supported are refused by name', async () => {
  const [, section = ''] = /## Not supported yet\n([\s\S]*?)\n## /.exec(page) ?? []
  const names = [...(section.trim().split('\n\n')[0] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name)
  const keys = names.filter((name) => !['with_items', 'loop'].includes(name))
  expect(keys.length).toBeGreaterThan(25)
  for (const key of keys) {
    const play = `- hosts: all\n  ${key}: x\n  tasks:\n    - ping:\n`
    const task = `- hosts: all\n  tasks:\n    - ping:\n      ${key}: x\n`
    const errors = [await load(play).then(() => '', String), await load(task).then(() => '', String)]
    expect(errors.join('\n'), key).toMatch(new RegExp(`"?${key}"?.*not supported`))
  }
})
