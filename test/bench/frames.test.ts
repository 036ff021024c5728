import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { makePayload } from '../../bench/payload.ts'
import { planSite } from '../../bench/site.ts'
import { cleanUp, play, type RunResult, scratch } from '../engine/harness.ts'

afterEach(cleanUp)

/** The benchmark's own playbook, on shells of this machine. A frame is a round trip: what a run costs on a long way. */
async function prepare(dir: string, hosts: readonly string[]): Promise<RunResult> {
  const playbook = readFileSync(resolve('bench/playbooks/prepare.yml'), 'utf8')
  const payload = join(dir, 'payload')
  return play({
    playbook,
    hosts,
    vars: (host) => ({ root: join(dir, host), payload, big: false }),
  })
}

function site(hosts: readonly string[]): string {
  const dir = scratch()
  makePayload(planSite(dir, 1), false)
  for (const host of hosts) mkdirSync(join(dir, host))
  return dir
}

it('prepares a fresh host in two frames, and finds nothing to do in two', async () => {
  const dir = site(['one'])
  const first = await prepare(dir, ['one'])
  expect(first.statuses('one')).toEqual(['ok', 'ok', 'changed', 'changed', 'skipped', 'changed', 'ok', 'ok', 'ok'])
  // One to look, one to make all changes and look again.
  expect(first.frames('one')).toBe(2)
  const second = await prepare(dir, ['one'])
  expect(second.statuses('one')).toEqual(['ok', 'ok', 'ok', 'ok', 'skipped', 'ok', 'ok', 'ok', 'ok'])
  // One to look, one for the commands.
  expect(second.frames('one')).toBe(2)
})

it('needs no more frames per host for many hosts', async () => {
  const hosts = ['a', 'b', 'c', 'd', 'e', 'f']
  const dir = site(hosts)
  const first = await prepare(dir, hosts)
  expect(hosts.map((host) => first.frames(host))).toEqual(hosts.map(() => 2))
})
