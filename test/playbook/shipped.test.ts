import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

const directory = fileURLToPath(new URL('../../playbooks/', import.meta.url))
const registry = createRegistry()

test.each(readdirSync(directory))('%s loads without a warning', async (name) => {
  const { plays, warnings } = await loadPlaybook(join(directory, name), registry)
  expect(warnings).toEqual([])
  expect(plays.length).toBeGreaterThan(0)
})

test('upgrade.yml freezes before it arms, and verifies what came of it', async () => {
  const { plays } = await loadPlaybook(join(directory, 'upgrade.yml'), registry)
  expect(plays.flatMap(({ tasks }) => tasks.map(({ task }) => task))).toEqual([
    'preflight',
    'gather_modules',
    'install_rpms',
    'upload_dracut_modules',
    'stage_finish',
    'run_dracut',
    'stage_transaction',
    'copy_boot',
    'boot_entry',
    'reboot_upgrade',
    'verify_upgrade',
  ])
})
