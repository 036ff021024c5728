import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { run } from '../../../lab/command.ts'
import { startFleet } from '../../../lab/fleet/fleet.ts'
import { readRecord } from '../../../lab/fleet/record.ts'
import { runFiles } from '../../../lab/fleet/run-files.ts'
import { until } from '../../../lab/processes.ts'
import { NOTHING, namespaces, remains } from './remains.ts'

const NAME = 'leftovers'
const LAB = [process.execPath, '--import', 'tsx', 'lab/main.ts'] as const

const down = () => run([...LAB, 'down', '--name', NAME])
afterEach(down)

/** `lab up`, left alone with several hosts started and others still to come. */
async function halfUp(): Promise<{ child: ChildProcess; ended: Promise<number | null>; block: number }> {
  const child = spawn(LAB[0], [...LAB.slice(1), 'up', '20', '--name', NAME], { stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await until('the first hosts', 120, () => existsSync(join(runFiles(NAME).pids, 'web3')) || undefined)
  const record = await readRecord(NAME)
  expect(record).toBeDefined()
  expect(existsSync(runFiles(NAME).inventory)).toBe(false)
  return { child, ended, block: record?.block ?? -1 }
}

test('down leaves no file, mount, process or socket', async () => {
  const fleet = await startFleet({
    name: NAME,
    hosts: [
      { name: 'a', kind: 'plain' },
      { name: 'b', kind: 'plain' },
    ],
  })
  const block = (await readRecord(NAME))?.block ?? -1
  const owned = await namespaces(NAME)
  // Orphans, nested namespaces and mounts of a host are its own affair, and go with it.
  await fleet.exec('a', [
    'sh',
    '-c',
    'setsid sleep 1000 >/dev/null 2>&1 & setsid unshare --mount --pid --fork sleep 1000 >/dev/null 2>&1 &',
  ])
  await fleet.exec('a', ['mount', '-t', 'tmpfs', 'tmpfs', '/srv'])
  const before = await remains(NAME, block, owned)
  expect(before.processes.length).toBeGreaterThan(6)
  expect(before.sockets).toHaveLength(3)
  await fleet.stop()
  expect(await remains(NAME, block, owned)).toEqual(NOTHING)
})

test('after SIGKILL in the middle of up, down leaves nothing either', async () => {
  const { child, ended, block } = await halfUp()
  child.kill('SIGKILL')
  await ended
  const owned = await namespaces(NAME)
  expect((await remains(NAME, block, owned)).processes.length).toBeGreaterThan(0)
  await down()
  expect(await remains(NAME, block, owned)).toEqual(NOTHING)
})

/** The end of a host's first process ends the others: some are gone before their turn. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

test('after SIGKILL of the hosts themselves too', async () => {
  await startFleet({ name: NAME, hosts: [{ name: 'a', kind: 'plain' }] })
  const block = (await readRecord(NAME))?.block ?? -1
  const owned = await namespaces(NAME)
  for (const pid of (await remains(NAME, block, owned)).processes) killed(pid)
  await down()
  expect(await remains(NAME, block, owned)).toEqual(NOTHING)
})

test('Ctrl-C during up takes everything down and says so by its exit code', async () => {
  const { child, ended, block } = await halfUp()
  const owned = await namespaces(NAME)
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(await remains(NAME, block, owned)).toEqual(NOTHING)
})

test('a fleet that is up is refused by name, the remains of a crashed one are replaced', async () => {
  const hosts = [{ name: 'a', kind: 'plain' }] as const
  const { child, ended } = await halfUp()
  child.kill('SIGKILL')
  await ended
  const fleet = await startFleet({ name: NAME, hosts })
  await expect(startFleet({ name: NAME, hosts })).rejects.toThrow(/'leftovers' is up already.*down --name leftovers/)
  expect((await fleet.exec('a', ['hostname'])).stdout).toBe('a\n')
})
