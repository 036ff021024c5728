import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { createRegistry } from '../../src/tasks/registry.ts'
import { PHASES, timeoutsSchema } from '../../src/tasks/upgrade/follow/phases.ts'
import { rebootUpgradeTask } from '../../src/tasks/upgrade/reboot-upgrade.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(`${project}${path}`, 'utf8')
const page = read('docs/upgrade.md')
const play = parse(read('playbooks/upgrade.yml'))[0] as {
  vars: Record<string, unknown>
  tasks: Record<string, unknown>[]
}

test('the steps are those of the playbook, in its order', () => {
  const tasks = play.tasks.flatMap((task) => Object.keys(task).filter((key) => /^[a-z]+_|^preflight$/.test(key)))
  const table = page.slice(page.indexOf('| step |'), page.indexOf('All but `reboot_upgrade`'))
  expect([...table.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name)).toEqual(tasks)
})

test('every phase has its row, with the seconds that it may take', () => {
  const rows = new Map(
    [...page.matchAll(/^\| `([a-z-]+)` \| (\d+|two minutes|the sum .*) \|$/gm)].map((m) => [m[1], m[2]]),
  )
  expect([...rows.keys()].sort()).toEqual([...PHASES].sort())
  for (const [phase, seconds] of Object.entries(timeoutsSchema.parse(undefined)))
    expect(rows.get(phase)).toBe(String(seconds))
  expect(page).toContain(`\`patience\` says: ${rebootUpgradeTask.args.parse({}).patience} seconds`)
})

test('variables that the page gives to playbooks are theirs', () => {
  const used = [...page.matchAll(/playbooks\/([a-z]+)\.yml[^\n`]*-e ([a-z_]+)=/g)]
  expect(used.length).toBeGreaterThan(1)
  for (const [, playbook, name] of used)
    expect(read(`playbooks/${playbook}.yml`)).toMatch(new RegExp(`^    ${name}:`, 'm'))
})

test('the playbook that reads a rehearsal’s verdict is one', async () => {
  const [, text = ''] = /```yaml\n(# rehearsal\.yml\n[\s\S]*?)```/.exec(page) ?? []
  const dir = await mkdtemp(join(tmpdir(), 'docs-'))
  try {
    await writeFile(join(dir, 'rehearsal.yml'), text)
    const { plays, warnings } = await loadPlaybook(join(dir, 'rehearsal.yml'), createRegistry())
    expect(plays[0]?.tasks.map(({ tags }) => tags)).toEqual([['reboot'], ['verdict']])
    expect(warnings).toEqual([])
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('messages that it quotes are in the code', () => {
  const quoted = {
    'the upgrade failed before any package changed': 'src/tasks/upgrade/follow/judge-system.ts',
    'a step of its first boot failed': 'src/tasks/upgrade/follow/judge-system.ts',
    'did not appear': 'assets/dracut/85sys-upgrade-redhat/steps/20-mounts',
    'fstab was changed since the image was made': 'assets/dracut/85sys-upgrade-redhat/steps/20-mounts',
    'what was prepared is not what was planned': 'assets/dracut/85sys-upgrade-redhat/steps/40-checks',
    'the package manager would do something else': 'assets/dracut/85sys-upgrade-redhat/steps/60-transaction',
    'No package was touched: it was a rehearsal.': 'assets/dracut/85sys-upgrade-redhat/steps/30-armed',
    'the machine was reset before the first package changed': 'assets/dracut/85sys-upgrade-redhat/steps/30-armed',
    'the old default of the boot loader could not be restored': 'assets/dracut/85sys-upgrade-redhat/steps/30-armed',
    'does not exist: this is not the system on which the upgrade was prepared':
      'assets/dracut/85sys-upgrade-redhat/steps/20-mounts',
    'another run holds this host': 'src/engine/admission.ts',
  }
  for (const [text, file] of Object.entries(quoted)) {
    expect(page).toContain(text)
    expect(read(file)).toContain(text)
  }
})
