import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { type Ended, INITRAMFS, QUICK, Workspace } from './cli.ts'
import { appears, CONTAINER_ONLY, put } from './files.ts'
import { leftovers } from './host-state.ts'

// Links that die, hosts that go silent, jobs that are killed: the run goes on, or says so and the next one completes.

let fleet: Fleet
let work: Workspace
let gone: Promise<{ ended: Ended; seconds: number }>

const on = (host: string, playbook: string, ...more: string[]) => [
  '-i',
  fleet.inventoryPath,
  playbook,
  '-l',
  host,
  ...more,
]
const says = (words: RegExp) => (event: RunEvent) => event.type === 'progress' && words.test(event.line)
const intent = (event: RunEvent) => event.type === 'intent'

beforeAll(async () => {
  work = await Workspace.make()
  const names = ['cut1', 'gone1', 'short1']
  fleet = await startFleet({ name: 'e2e-links', hosts: names.map((name) => ({ name, kind: 'plain' as const })) })
  gone = neverBack(await put(work, 'container.yml', CONTAINER_ONLY))
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

/** A host whose SSH server goes during a job and stays away: giving up takes minutes, so it happens beside the other tests. */
async function neverBack(playbook: string) {
  const run = work.start(on('gone1', playbook, '--output', 'json'))
  await run.event('the installation', says(/^installing the packages/))
  await fleet.host('gone1').stopSshd()
  const begun = Date.now()
  const ended = await run.ended
  return { ended, seconds: (Date.now() - begun) / 1000 }
}

test('a job is followed over links that die and a network that falls silent', async () => {
  const host = fleet.host('cut1')
  const run = work.start(on('cut1', INITRAMFS, ...QUICK, '--output', 'json'))
  await run.event('the installation', says(/^installing the packages/))
  await host.dropSessions()
  await run.event('the build', says(/building the image/))
  await host.stopSshd()
  await sleep(3000)
  await host.startSshd()
  await run.event('the modules', says(/Including module/))
  await host.freeze()
  await sleep(5000)
  await host.thaw()
  const { code, stdout, stderr, events } = await run.ended
  expect([code, stderr], stdout.slice(-2000)).toEqual([0, ''])
  expect(events.filter((event) => event.type === 'host_result' && event.status === 'changed')).toHaveLength(6)
  expect(await leftovers(fleet, 'cut1')).toEqual([])
  const again = await work.run(on('cut1', INITRAMFS, ...QUICK))
  expect([again.code, again.recap.get('cut1')?.changed], again.stdout).toEqual([0, 0])
})

test('a link that dies in the middle of an upload leaves no part of the file', async () => {
  const content = Buffer.alloc(200 << 20, 'a line of the big file\n')
  const source = await put(work, 'big', content)
  const playbook = await put(
    work,
    'upload.yml',
    `- hosts: all\n  gather_facts: false\n  tasks:\n    - copy: {src: ${source}, dest: /srv/big, mode: "0640"}\n`,
  )
  const folder = join(await fleet.host('short1').root(), 'srv')
  const run = work.start(on('short1', playbook))
  await appears(run, folder, /^\.upgrade-push|^big/)
  await fleet.host('short1').dropSessions()
  const { code, stdout } = await run.ended
  expect([code, stdout]).toEqual([4, expect.stringMatching(/short1\]: UNREACHABLE! => .*(link|connection)/i)])
  await expect(fleet.exec('short1', ['test', '-e', '/srv/big'])).rejects.toThrow(/exit code 1/)
  const again = await work.run(on('short1', playbook))
  expect([again.code, again.recap.get('short1')?.changed], again.stdout).toEqual([0, 1])
  const [sum] = (await fleet.exec('short1', ['sha256sum', '/srv/big'])).stdout.split(' ')
  expect(sum).toBe(createHash('sha256').update(content).digest('hex'))
  expect(await leftovers(fleet, 'short1')).toEqual([])
  expect((await fleet.exec('short1', ['ls', '-A', '/srv'])).stdout).toBe('big\n')
})

test('a host that goes during a short step is unreachable, and the next run completes', async () => {
  const playbook = await put(
    work,
    'short.yml',
    `- hosts: all\n  gather_facts: false\n  tasks:\n    - shell: sleep 3 && echo done >/srv/done\n      args: {creates: /srv/done}\n    - command: touch /srv/after\n`,
  )
  const run = work.start(on('short1', playbook, '--output', 'json'))
  await run.event('an intent', intent)
  await sleep(500)
  await fleet.host('short1').stopSshd()
  const { code, events } = await run.ended
  expect(code).toBe(4)
  const [result] = events.filter((event) => event.type === 'host_result')
  expect(result).toMatchObject({ status: 'unreachable', message: expect.stringMatching(/lost|closed|link/) })
  const down = await work.run(on('short1', playbook))
  expect([down.code, down.stdout]).toEqual([4, expect.stringMatching(/UNREACHABLE! => .*refused/)])
  await fleet.host('short1').startSshd()
  const again = await work.run(on('short1', playbook))
  expect(again.code, again.stdout).toBe(0)
  await fleet.exec('short1', ['test', '-e', '/srv/after'])
})

test('a host that falls silent is given up after the time that was allowed', async () => {
  const playbook = await put(work, 'ping.yml', '- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n')
  await fleet.host('short1').freeze()
  const begun = Date.now()
  const { code, stdout } = await work.run(on('short1', playbook, '-T', '2'))
  await fleet.host('short1').thaw()
  expect([code, stdout]).toEqual([4, expect.stringMatching(/UNREACHABLE! => .*2 s/)])
  expect(Date.now() - begun).toBeLessThan(15_000)
})

test('a job that is killed on its host fails, and the next run makes it anew', async () => {
  const playbook = await put(work, 'container2.yml', CONTAINER_ONLY)
  const run = work.start(on('short1', playbook, '--output', 'json'))
  await run.event('the installation', says(/^installing .*\(2\//))
  const processes = 'kill -9 -- "-$(sed -n 4p /var/lib/upgrade-push/jobs/install-rpms/process)"'
  await fleet.exec('short1', ['bash', '-ec', processes])
  const { code, events } = await run.ended
  const failed = events.find((event) => event.type === 'host_result' && event.step === 1)
  expect([code, failed]).toEqual([
    2,
    expect.objectContaining({
      status: 'failed',
      message: expect.stringMatching(/^install-rpms was killed, or the host was reset/),
    }),
  ])
  const again = await work.run(on('short1', playbook))
  expect(again.code, again.stdout).toBe(0)
  expect(await leftovers(fleet, 'short1')).toEqual([])
})

test('a host that does not come back is given up, its job goes on, and the next run picks up the result', async () => {
  const { ended, seconds } = await gone
  const result = ended.events.find((event) => event.type === 'host_result' && event.step === 1)
  expect(result).toMatchObject({
    status: 'unreachable',
    message: expect.stringMatching(/goes on by itself on the host/),
  })
  expect([ended.code, seconds < 400]).toEqual([4, true])
  await fleet.host('gone1').startSshd()
  const again = await work.run(on('gone1', join(work.dir, 'container.yml'), '--output', 'json'))
  expect(again.code, again.stdout.slice(-2000)).toBe(0)
  expect(await leftovers(fleet, 'gone1')).toEqual([])
})
