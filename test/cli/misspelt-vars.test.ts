import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { misspeltVars } from '../../src/cli/misspelt-vars.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'misspelt-'))
  await writeFile(join(dir, 'hosts.ini'), '[web]\nweb1 rack_name=a\n[web:vars]\nntp_server=x\n')
  await writeFile(
    join(dir, 'play.yml'),
    '- hosts: web\n  vars: {target_release: "9"}\n  tasks:\n    - debug: {msg: "{{ target_releases | default(1) }}"}\n',
  )
})
afterAll(() => rm(dir, { recursive: true }))

test.each([
  ['target_relase', 'did you mean target_release?'],
  ['ntp_sever', 'did you mean ntp_server?'],
  ['rack_nam', 'did you mean rack_name?'],
  ['target_release', undefined],
  // The playbook mentions it, however near it is to another.
  ['target_releases', undefined],
  ['something_of_its_own', undefined],
])('-e %s', async (name, warning) => {
  const playbook = await loadPlaybook(join(dir, 'play.yml'), createRegistry())
  const found = misspeltVars({ [name]: '9' }, [playbook], await loadInventory([join(dir, 'hosts.ini')]))
  expect(found).toEqual(
    warning === undefined ? [] : [`--extra-vars sets ${name}, which no playbook mentions: ${warning}`],
  )
})
