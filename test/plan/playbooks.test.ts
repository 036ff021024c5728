import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RawMap } from '../../src/expression/values.ts'
import { planPlaybooks } from '../../src/plan/playbooks.ts'
import { loadPlaybook } from '../../src/playbook/load.ts'
import type { Task } from '../../src/tasks/contract.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'upgrade-push-plan-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

async function tasksOf(play: string, extraVars: RawMap = {}): Promise<string[]> {
  const file = join(dir, 'play.yml')
  writeFileSync(file, `- hosts: all\n${play}  tasks: [ping: ]\n`)
  const registry = createRegistry()
  const planned = planPlaybooks({
    playbooks: [await loadPlaybook(file, registry)],
    extraVars,
    tags: { only: [], skip: [] },
    select: () => ['one'],
    limit: undefined,
    plugin: (name) => registry.get(name) as Task,
  })
  return planned.flatMap(({ plays }) => plays.flatMap(({ steps }) => steps.map(({ node }) => node.task)))
}

it.each([
  ['', {}, true],
  ['  gather_facts: no\n', {}, false],
  ['  gather_facts: "{{ wanted }}"\n  vars: { wanted: false }\n', {}, false],
  ['  gather_facts: "{{ wanted }}"\n  vars: { wanted: false }\n', { wanted: true }, true],
])('gathers facts as the play says: %s with %j: %s', async (play, extraVars, gathers) => {
  expect(await tasksOf(play, extraVars)).toEqual(gathers ? ['setup', 'ping'] : ['ping'])
})

it('points at a variable of gather_facts that the play does not know', async () => {
  await expect(tasksOf('  gather_facts: "{{ nobody }}"\n')).rejects.toThrow(/nobody/)
})
