import { hostname, userInfo } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { type Run, Workspace } from './cli.ts'
import { put } from './files.ts'
import { leftovers } from './host-state.ts'

// One host, several controllers: who holds it is named, a dead holder is replaced, a living one only when the operator says so.

let fleet: Fleet
let work: Workspace
let holding: string
let quick: string

const args = (playbook: string, ...more: string[]) => ['-i', fleet.inventoryPath, playbook, ...more]
const result = (step: number) => (event: RunEvent) => event.type === 'host_result' && event.step === step

/** Starts a run that has the host's lock and keeps it for as long as /tmp/hold is there. */
async function hold(): Promise<{ run: Run; id: string }> {
  await fleet.exec('one1', ['touch', '/tmp/hold'])
  const run = work.start(args(holding, '--output', 'json'))
  const { run: id } = await run.event('the lock taken', (event) => event.type === 'intent' && event.step === 1)
  return { run, id }
}

beforeAll(async () => {
  work = await Workspace.make()
  const gather = '    - gather_modules: {target_release: "9"}\n'
  const play = '- hosts: all\n  gather_facts: false\n  tasks:\n'
  holding = await put(
    work,
    'holding.yml',
    `${play}${gather}    - shell: while [ -e /tmp/hold ]; do sleep 0.1; done\n    - command: touch /tmp/written-late\n      args: {creates: /tmp/written-late}\n`,
  )
  quick = await put(work, 'quick.yml', `${play}${gather}`)
  fleet = await startFleet({ name: 'e2e-two', hosts: [{ name: 'one1', kind: 'plain' }] })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

test('the second is refused and told who holds the host, since when; the first is not disturbed', async () => {
  const { run, id } = await hold()
  const second = await work.run(args(quick))
  const holder = `${userInfo().username}@${hostname()}, run ${id}, since 20`
  expect([second.code, second.stdout], second.stderr).toEqual([2, expect.stringContaining(holder)])
  expect(second.stdout).toContain('--take-over')
  const check = await work.run(args(quick, '--check'))
  expect(check.code, check.stdout).toBe(0)
  await fleet.exec('one1', ['rm', '/tmp/hold'])
  expect((await run.ended).code).toBe(0)
  expect(await leftovers(fleet, 'one1')).toEqual([])
})

test('a dead one is replaced without a question, and it is said', async () => {
  const { run, id } = await hold()
  run.signal('SIGKILL')
  await run.ended
  const next = await work.run(args(quick))
  expect([next.code, next.stdout], next.stderr).toEqual([
    0,
    expect.stringMatching(new RegExp(`took this host over from run ${id}`)),
  ])
  await fleet.exec('one1', ['rm', '-f', '/tmp/hold'])
  expect(await leftovers(fleet, 'one1')).toEqual([])
})

test('a living one is replaced with --take-over, and writes nothing more', async () => {
  await fleet.exec('one1', ['rm', '-f', '/tmp/written-late'])
  const { run, id } = await hold()
  const taker = await work.run(args(quick, '--take-over'))
  expect([taker.code, taker.stdout], taker.stderr).toEqual([0, expect.stringContaining(`from run ${id}`)])
  await fleet.exec('one1', ['rm', '/tmp/hold'])
  const late = await run.ended
  expect(late.code, late.stdout).toBe(2)
  expect(late.events.filter(result(2))).toEqual([
    expect.objectContaining({ status: 'failed', message: expect.stringMatching(/no longer holds the host's lock/) }),
  ])
  await expect(fleet.exec('one1', ['test', '-e', '/tmp/written-late'])).rejects.toThrow(/exit code 1/)
  expect(await leftovers(fleet, 'one1')).toEqual([])
})
