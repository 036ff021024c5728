import { expect, test } from 'vitest'
import { loadPlaybook } from '../../src/playbook/load.ts'
import type { Task } from '../../src/tasks/contract.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

const registry = createRegistry()

test.each(registry.names())('the example of %s is a valid task', async (name) => {
  const { example } = registry.get(name) as Task
  const item = example.startsWith('- ') ? example : `- ${example.replace(/\n(?=.)/g, '\n  ')}`
  const text = `- hosts: all\n  tasks:\n${item.replace(/^(?=.)/gm, '    ')}\n`
  const { plays, warnings } = await loadPlaybook('/play/site.yml', registry, { read: async () => Buffer.from(text) })
  expect(warnings).toEqual([])
  expect(plays[0]?.tasks.map(({ task }) => task)).toContain(name)
})
