import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run as command } from '../../lab/command.ts'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { INITRAMFS, QUICK, Workspace } from './cli.ts'
import { CONTAINER_ONLY, put } from './files.ts'
import { leftovers, oldBoot } from './host-state.ts'

// Disks that fill up while a step writes to them: the host is as it was, the figures are told, and with room again the next run completes.

const STATE = '/var/lib/upgrade-push'
let fleet: Fleet
let work: Workspace
let container: string

const on = (host: string, playbook: string, ...more: string[]) => [
  '-i',
  fleet.inventoryPath,
  playbook,
  '-l',
  host,
  ...more,
]
const failure = (events: readonly RunEvent[]) =>
  events.find((event) => event.type === 'host_result' && event.status === 'failed')
const sh = async (host: string, script: string) => (await fleet.exec(host, ['sh', '-ec', script])).stdout.trim()

beforeAll(async () => {
  work = await Workspace.make()
  container = await put(work, 'container.yml', CONTAINER_ONLY)
  fleet = await startFleet({
    name: 'e2e-full',
    hosts: [
      { name: 'boot1', kind: 'plain' },
      { name: 'var1', kind: 'plain' },
    ],
  })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

test('/boot fills up in the middle of the copy: it is as it was, and the next run completes', async () => {
  const before = await oldBoot(fleet, 'boot1')
  const boot = join(await fleet.host('boot1').root(), 'boot')
  const run = work.start(on('boot1', INITRAMFS, ...QUICK, '--output', 'json'))
  await run.event(
    'the end of the build',
    (event) => event.type === 'progress' && /reading the image back/.test(event.line),
  )
  // What the kernel and the image need is there when copy_boot looks, and no longer when the kernel has been written. Preflight, which
  // counts the new system's kernel too, has seen more.
  await sh('boot1', 'fallocate -l $(($(df --output=avail -B1 /boot | tail -1) - (80 << 20))) /boot/filler')
  // Before all others on a busy machine: it has to be quicker than the copy.
  const fill = `cd "$1" && until compgen -G '.*upgrade*' >/dev/null; do :; done; fallocate -l 60M filler2 || cat /dev/zero >filler2`
  const filler = command(['nice', '-n', '-20', 'timeout', '120', 'bash', '-c', fill, 'bash', boot]).catch(() => {})
  const { code, events, stdout } = await run.ended
  expect([code, failure(events)], stdout.slice(-2000)).toEqual([
    2,
    expect.objectContaining({
      message: expect.stringMatching(/no space: \/boot filled up while .* was written; \/boot is as it was/),
    }),
  ])
  expect(await sh('boot1', 'ls -A /boot /boot/loader/entries')).not.toMatch(/upgrade/)
  await filler
  for (const name of ['filler', 'filler2']) await rm(join(boot, name))
  expect(await oldBoot(fleet, 'boot1')).toBe(before)
  expect(await leftovers(fleet, 'boot1')).toEqual([])

  const again = await work.run(on('boot1', INITRAMFS, ...QUICK))
  expect([again.code, again.recap.get('boot1')?.changed], again.stdout).toEqual([0, 2])
})

test('/boot that is full before the copy is refused with the figures, and nothing is written', async () => {
  await sh(
    'boot1',
    'rm /boot/*-upgrade.*; fallocate -l $(($(df --output=avail -B1 /boot | tail -1) - (20 << 20))) /boot/filler',
  )
  const { code, stdout } = await work.run(on('boot1', INITRAMFS, ...QUICK))
  expect([code, stdout]).toEqual([2, expect.stringMatching(/boot_space.*20 of 512 MiB are free/)])
  expect(await sh('boot1', 'ls /boot')).not.toMatch(/-upgrade/)
  await sh('boot1', 'rm /boot/filler')
})

// Takes all that is left in the state folder but a few MiB, at once: a file as large would take longer to be written than a package. The more
// room that is left to what is written meanwhile, the surer the next try.
const FILL = `for over in 64 1024 4096 8192 8192 16384 16384 16384; do
  mount -o remount,size=$(($(stat -f -c '(%b - %f) * %S / 1024' ${STATE}) + over))k ${STATE} 2>/dev/null && break
done`

/** Makes the container anew on a state folder of its own; with room again the next run completes. */
async function fillsUp(fillUp: (run: ReturnType<Workspace['start']>) => Promise<unknown>): Promise<void> {
  await sh('var1', `mkdir -p ${STATE} && mount -t tmpfs -o size=900m,mode=700 tmpfs ${STATE}`)
  try {
    const run = work.start(on('var1', container, '--output', 'json'))
    await fillUp(run)
    const { code, events, stdout } = await run.ended
    expect([code, failure(events)], stdout.slice(-2000)).toEqual([
      2,
      expect.objectContaining({ message: expect.stringMatching(/space/i) }),
    ])
    await expect(sh('var1', `test -e ${STATE}/target.json`)).rejects.toThrow(/exit code 1/)
    await sh('var1', `mount -o remount,size=900m ${STATE}`)
    const again = await work.run(on('var1', container))
    expect(again.code, again.stdout).toBe(0)
    expect(await leftovers(fleet, 'var1')).toEqual(['mount: /var/lib/upgrade-push'])
  } finally {
    // Lazily: what still writes there after a failure must not take the failure's place.
    await sh('var1', `umount --lazy ${STATE}`)
  }
}

test('/var fills up while packages are installed', async () => {
  await fillsUp(async (run) => {
    await run.event('the installation', (event) => event.type === 'progress' && /^installing .*\(2\//.test(event.line))
    await sh('var1', FILL)
  })
})

test('/var fills up in the middle of the last package, whose part is taken away again', async () => {
  await fillsUp((run) => {
    // The kernel's own files come last. Within the host: from outside, its mounts can't be seen. Before all others, to be quicker.
    const filled = sh(
      'var1',
      `renice -n -20 $$ >/dev/null; until set -- ${STATE}/target/usr/lib/modules/*/kernel && [ -e "$1" ]; do :; done; ${FILL}`,
    )
    return Promise.race([filled, run.ended])
  })
})

test('/var without a byte left: the first step says so and nothing of its file is there', async () => {
  await sh(
    'var1',
    `mount -t tmpfs -o size=64k,mode=700 tmpfs ${STATE}; dd if=/dev/zero of=${STATE}/filler 2>/dev/null || true`,
  )
  const { code, stdout, stderr } = await work.run(on('var1', container))
  expect([code, stdout, stderr]).toEqual([2, expect.stringMatching(/FAILED! => .*(full|space)/i), ''])
  expect(await sh('var1', `ls -A ${STATE}`)).not.toMatch(/request|new|tmp/)
  await sh('var1', `umount ${STATE}`)
})
