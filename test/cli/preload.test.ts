import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadRun } from '../../src/cli/load.ts'
import type { RunOptions } from '../../src/cli/options.ts'
import { UserError } from '../../src/diagnostics/diagnostic.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'preload-'))
  for (const name of ['requests.d', 'other']) mkdirSync(join(dir, name))
})
afterEach(() => rm(dir, { recursive: true }))

const play = (more = '') => `- hosts: all\n  tasks:\n    - gather_modules:\n        target_release: "9"\n${more}`

/** What is said before any host is connected: all faults, one message each. */
async function faults(playbooks: Record<string, string>): Promise<string[]> {
  for (const [name, text] of Object.entries(playbooks)) writeFileSync(join(dir, name), text)
  const options = {
    inventory: ['web1,web2,'],
    playbooks: Object.keys(playbooks).map((name) => join(dir, name)),
    extraVars: [],
    pluginPath: [],
    tags: [],
    skipTags: [],
  } as unknown as RunOptions
  try {
    await loadRun(options)
    return []
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.diagnostics.map(({ message }) => message)
  }
}

test('broken requests beside the playbook are said once, all of them, however many hosts and playbooks there are', async () => {
  writeFileSync(join(dir, 'requests.d/10.yml'), 'install_rpm: [x]\n')
  writeFileSync(join(dir, 'requests.d/20.yml'), 'kernel_modules: [{ name: "a b" }]\n')
  const found = await faults({ 'a.yml': play(), 'b.yml': play() })
  expect(found).toHaveLength(2)
  expect(found[0]).toBe('unknown key "install_rpm"')
})

test('another folder that the task names plainly is read; one that a variable decides is left to the hosts', async () => {
  writeFileSync(join(dir, 'other/x.yml'), 'nope: 1\n')
  expect(await faults({ 'a.yml': play('        requests_dir: other\n') })).toEqual(['unknown key "nope"'])
  expect(await faults({ 'a.yml': play('        requests_dir: "{{ site }}"\n') })).toEqual([])
})

test('good ones, and none at all, let the run begin', async () => {
  expect(await faults({ 'a.yml': play() })).toEqual([])
  writeFileSync(join(dir, 'requests.d/10.yml'), 'install_rpms: [x]\n')
  expect(await faults({ 'a.yml': play() })).toEqual([])
})
