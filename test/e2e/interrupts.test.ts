import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { CLI, Workspace } from './cli.ts'
import { CONTAINER_ONLY, put } from './files.ts'
import { leftovers } from './host-state.ts'

// Ctrl-C once, twice, three times, and nobody who reads the output: exit code 99, and a host that the next run continues.

let fleet: Fleet
let work: Workspace
let container: string
let twoSteps: string

const args = (playbook: string, ...more: string[]) => ['-i', fleet.inventoryPath, playbook, ...more]
const installing = (event: RunEvent) => event.type === 'progress' && /^installing/.test(event.line)
const message = (level: number) => (event: RunEvent) => event.type === 'interrupt' && event.level === level
const alive = () =>
  fleet.exec('int1', ['pgrep', '-f', '[d]nf.*installroot']).then(
    () => true,
    () => false,
  )

beforeAll(async () => {
  work = await Workspace.make()
  container = await put(work, 'container.yml', CONTAINER_ONLY)
  twoSteps = await put(
    work,
    'two.yml',
    `- hosts: all\n  gather_facts: false\n  tasks:\n    - shell: sleep 2; echo first >/tmp/first\n      register: first\n    - shell: echo {{ first.rc }} >/tmp/second\n`,
  )
  fleet = await startFleet({ name: 'e2e-interrupts', hosts: [{ name: 'int1', kind: 'plain' }] })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

test('once: the step that runs finishes, the next one does not start', async () => {
  const run = work.start(args(twoSteps, '--output', 'json'))
  await run.event('the first step', (event) => event.type === 'intent')
  await sleep(300)
  run.signal('SIGINT')
  const { code, events } = await run.ended
  expect([code, events.find(message(1))]).toEqual([
    99,
    expect.objectContaining({ message: expect.stringMatching(/steps that were sent finish.*same command continues/) }),
  ])
  await fleet.exec('int1', ['test', '-e', '/tmp/first'])
  await expect(fleet.exec('int1', ['test', '-e', '/tmp/second'])).rejects.toThrow(/exit code 1/)
})

test('three times: the job goes on by itself', async () => {
  const run = work.start(args(container, '--output', 'json'))
  await run.event('the installation', installing)
  for (const pause of [50, 50, 0]) {
    run.signal('SIGINT')
    await sleep(pause)
  }
  const begun = Date.now()
  const { code, stdout } = await run.ended
  expect([code, Date.now() - begun < 3000], stdout.slice(-500)).toEqual([99, true])
  const journal = await work.journal((await work.runs()).at(-1) as string)
  expect(journal.filter(({ type }) => type === 'interrupt')).toHaveLength(3)
})

test('twice: the job is stopped on the host', async () => {
  const run = work.start(args(container, '--output', 'json'))
  await run.event('the installation', installing)
  run.signal('SIGINT')
  await sleep(200)
  expect(await alive()).toBe(true)
  run.signal('SIGINT')
  const { code, events } = await run.ended
  expect([code, events.find(message(2))]).toEqual([
    99,
    expect.objectContaining({ message: expect.stringMatching(/stopped on their hosts/) }),
  ])
  expect(await alive()).toBe(false)
  expect(await leftovers(fleet, 'int1')).toEqual([])
})

test('and run again, it completes', async () => {
  const again = await work.run(args(container))
  expect(again.code, again.stdout).toBe(0)
  expect(await leftovers(fleet, 'int1')).toEqual([])
})

test('output that nobody reads counts as Ctrl-C', async () => {
  // It is noticed when something is written: how many steps ran until then is a matter of pace, but never all of them.
  const step = (name: string, after: string) =>
    `    - shell: sleep 1; echo {{ ${after} }} >/tmp/${name}\n      register: ${name}\n`
  const threeSteps = await put(
    work,
    'three.yml',
    `- hosts: all\n  gather_facts: false\n  tasks:\n${step('one', '1')}${step('two', 'one.rc')}${step('three', 'two.rc')}`,
  )
  const script = `"$0" "$1" -i "$2" "$3" 2>"$4" | head -n 2; echo "code \${PIPESTATUS[0]}"`
  const stderr = join(work.dir, 'stderr')
  const child = spawn('bash', ['-c', script, process.execPath, CLI, fleet.inventoryPath, threeSteps, stderr], {
    env: { ...process.env, XDG_STATE_HOME: join(work.dir, 'state') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await new Promise((resolve) => child.once('close', resolve))
  expect(said).toMatch(/^\nPLAY \[all\].*\ncode 99\n$/)
  await expect(fleet.exec('int1', ['test', '-e', '/tmp/three'])).rejects.toThrow(/exit code 1/)
  expect(await readFile(stderr, 'utf8')).toBe('')
})
