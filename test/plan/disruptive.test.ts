import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RawMap } from '../../src/expression/values.ts'
import { disruptiveSteps } from '../../src/plan/disruptive.ts'
import { planPlaybooks } from '../../src/plan/playbooks.ts'
import type { TagSelection } from '../../src/plan/tags.ts'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { defineTask, type Task } from '../../src/tasks/contract.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'upgrade-push-disruptive-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const plugin = defineTask<object, object, never>({
  name: 'evict',
  summary: 'Sends all users away.',
  args: z.looseObject({}),
  example: 'evict: {}',
  probes: () => ({}),
  check: () => ({ kind: 'ok' }),
  disruptive: ({ plain, templated }) => ({ does: JSON.stringify(plain), undo: templated.join(' ') }),
}) as unknown as Task

async function stepsOf(file: string, more: { extraVars?: RawMap; tags?: TagSelection; hosts?: string[] } = {}) {
  const { extraVars = {}, tags = { only: [], skip: [] }, hosts = ['one'] } = more
  const registry = createRegistry([plugin])
  const playbooks = planPlaybooks({
    playbooks: [await loadPlaybook(file, registry)],
    extraVars,
    tags,
    select: () => hosts,
    limit: undefined,
    plugin: (name) => registry.get(name) as Task,
  })
  return disruptiveSteps(playbooks, extraVars)
}

function tasks(text: string, play = ''): string {
  const file = join(dir, 'play.yml')
  writeFileSync(file, `- hosts: all\n  gather_facts: false\n${play}  tasks:\n${text}`)
  return file
}

describe('the playbooks that are shipped', () => {
  it.each([
    ['upgrade.yml', {}, ['reboot_upgrade']],
    ['cancel.yml', {}, ['cancel_upgrade']],
    ['initramfs.yml', {}, []],
    ['initramfs.yml', { rehearse: true }, ['boot_entry']],
  ])('%s with %j', async (name, extraVars, expected) => {
    const steps = await stepsOf(resolve('playbooks', name), { extraVars })
    expect(steps.map(({ task }) => task)).toEqual(expected)
    for (const { place } of steps) expect(place).toMatch(new RegExp(`playbooks/${name}:\\d+$`))
  })
})

it.each([
  ['boot_entry: { arm: true }', '', {}, 1],
  ['boot_entry: { arm: false }', '', {}, 0],
  ['boot_entry: { state: absent }', '', {}, 0],
  ['boot_entry: { arm: "{{ armed }}" }', '  vars: { armed: false }\n', {}, 0],
  ['boot_entry: { arm: "{{ armed }}" }', '  vars: { armed: false }\n', { armed: true }, 1],
  // Only a host's variables tell, or a step that comes before, or a file.
  ['boot_entry: { arm: "{{ armed | default(false) }}" }', '', {}, 1],
  ['boot_entry: { arm: "{{ armed }}" }', '  vars: { armed: false }\n  vars_files: [more.yml]\n', {}, 1],
  ['set_fact: { armed: true }\n    - boot_entry: { arm: "{{ armed }}" }', '  vars: { armed: false }\n', {}, 1],
  ['boot_entry: { arm: "{{ item }}" }\n      loop: [false]', '  vars: { item: false }\n', {}, 1],
  ['command: reboot', '', {}, 0],
])('%s %s %j', async (text, play, extraVars, count) => {
  expect(await stepsOf(tasks(`    - ${text}\n`, play), { extraVars })).toHaveLength(count)
})

it('counts only what runs: tags, and plays that have hosts', async () => {
  const file = tasks('    - ping:\n    - cancel_upgrade: {}\n      tags: [away]\n')
  expect(await stepsOf(file, { tags: { only: [], skip: ['away'] } })).toEqual([])
  expect(await stepsOf(file, { hosts: [] })).toEqual([])
  expect(await stepsOf(file)).toMatchObject([{ play: 0, step: 1 }])
})

it('hands a plugin what every host has in common, and names the rest', async () => {
  const [step] = await stepsOf(tasks('    - evict: { a: 1, b: "{{ x + 1 }}", c: "{{ y }}", d: "{{ omit }}" }\n'), {
    extraVars: { x: 1 },
  })
  expect(step).toMatchObject({ task: 'evict', does: '{"a":1,"b":2}', undo: 'c' })
})
