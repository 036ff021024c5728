import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import { differences, hostTree } from '../../lab/fleet/tree.ts'
import { type Ended, Workspace } from './cli.ts'
import { leftovers } from './host-state.ts'

// The transaction of the upgrade on hosts behind SSH: a check lives in its read-only sandbox, and plans all the same.

const PLAY = `- hosts: all
  gather_facts: false
  tasks:
    - gather_modules:
        target_release: "9"
    - install_rpms:
        release: "9"
        repositories: [labos]
    - stage_transaction:
        to_install: [new-tool, nosuch-tool]
        to_remove: "{{ to_remove | default(['gone-tool']) }}"
        to_keep: "{{ to_keep | default([]) }}"
`

let fleet: Fleet
let work: Workspace
let play: string

const run = (...more: string[]): Promise<Ended> => work.run(['-i', fleet.inventoryPath, play, ...more])
const tree = () => hostTree(fleet.files, 'web1')
const sums = async () => (await fleet.exec('web1', ['sha256sum', '/var/lib/upgrade-push/plan.sums'])).stdout

beforeAll(async () => {
  work = await Workspace.make()
  play = join(work.dir, 'transaction.yml')
  await writeFile(play, PLAY)
  fleet = await startFleet({ name: 'e2e-transaction', hosts: [{ name: 'web1', kind: 'plain' }] })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

test('before there is a container, a check says that the plan is known after it', async () => {
  const check = await run('--check', '--diff')
  expect(check.code, check.stdout).toBe(0)
  expect(check.stdout).toMatch(/stage_transaction[\s\S]*known after/)
})

test('is frozen in one run, and left alone in the next', async () => {
  const first = await run()
  expect(first.code, first.stdout + first.stderr).toBe(0)
  expect(first.stdout).toMatch(/nosuch-tool \(to_install\)/)
  const frozen = await sums()
  const second = await run()
  expect(second.recap.get('web1')).toMatchObject({ changed: 0, failed: 0 })
  expect(await sums()).toBe(frozen)
  expect(await leftovers(fleet, 'web1')).toEqual([])
})

test('a check plans in its sandbox: it shows the packages and writes nothing', async () => {
  const before = await tree()
  const check = await run('--check', '--diff', '-e', '{"to_remove": ["gone-tool", "sudo"]}')
  expect(check.code, check.stdout + check.stderr).toBe(0)
  expect(check.stdout).toMatch(/something else is asked for/)
  expect(check.stdout).toMatch(/webapp-1\.0-1\.lab8\.noarch -> webapp-2\.0-1\.lab9\.noarch/)
  expect(check.stdout).toMatch(/sudo-8\.0-1\.lab8\.x86_64/)
  expect(differences(before, await tree())).toEqual([])
})

test('a check refuses what the transaction may not do', async () => {
  const check = await run('--check', '-e', '{"to_keep": ["legacy-tool"]}')
  expect(check.recap.get('web1')).toMatchObject({ failed: 1 })
  expect(check.stdout + check.stderr).toContain(
    'legacy-tool-1.0-1.lab8.noarch would be replaced by modern-tool-2.0-1.lab9.noarch',
  )
})
