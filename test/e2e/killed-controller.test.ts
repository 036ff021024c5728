import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { CANCEL, type Ended, INITRAMFS, QUICK, Workspace } from './cli.ts'
import { halfWritten, leftovers, oldBoot, product } from './host-state.ts'

// One host is prepared in one go; on the other the controller is killed again and again on the way. Both must end alike.

let fleet: Fleet
let work: Workspace
let calm: Promise<Ended>
let before: string
let reached = 0

const on = (host: string, ...more: string[]) => ['-i', fleet.inventoryPath, INITRAMFS, ...QUICK, '-l', host, ...more]

beforeAll(async () => {
  work = await Workspace.make()
  fleet = await startFleet({
    name: 'e2e-killed',
    hosts: [
      { name: 'calm1', kind: 'requests' },
      { name: 'rough1', kind: 'requests' },
    ],
  })
  // What goes into the container must be alike on both, or the images could not be.
  for (const host of ['calm1', 'rough1']) await fleet.exec(host, ['cp', '/etc/labos-release', '/etc/hosts'])
  before = await oldBoot(fleet, 'rough1')
  calm = work.run(on('calm1'))
})
afterAll(async () => {
  await calm
  await fleet.stop()
  await work.remove()
})

const intent = (task: string) => (event: RunEvent) => event.type === 'intent' && event.task === task
const says = (words: RegExp) => (event: RunEvent) => event.type === 'progress' && words.test(event.line)
const connecting = (event: RunEvent) => event.type === 'batch_started'

/** When the controller is killed: at an event, or some milliseconds later. */
const POINTS: readonly (readonly [name: string, when: (event: RunEvent) => boolean, afterMs: number])[] = [
  ['while it connects', connecting, 20],
  ['while preflight looks', connecting, 350],
  ['as gather_modules begins', intent('gather_modules'), 0],
  ['just after gather_modules began', intent('gather_modules'), 40],
  ['as install_rpms begins', intent('install_rpms'), 0],
  ['while packages are downloaded', says(/resolving and downloading/), 800],
  ['while packages are installed', says(/^installing the packages/), 1500],
  ['in the middle of a package', says(/^installing .*\(\d+\/\d+\)/), 100],
  ['while files are copied into the container', says(/copying files/), 0],
  ['as upload_dracut_modules begins', intent('upload_dracut_modules'), 0],
  ['just after upload_dracut_modules began', intent('upload_dracut_modules'), 60],
  ['as run_dracut begins', intent('run_dracut'), 0],
  ['while dracut collects modules', says(/Including module: kernel-modules/), 0],
  ['while dracut writes the image', says(/Creating image file|auto-determined/), 500],
  ['while the image is read back', says(/reading the image back/), 0],
  ['as copy_boot begins', intent('copy_boot'), 0],
  ['in the middle of copy_boot', intent('copy_boot'), 120],
  ['as boot_entry begins', intent('boot_entry'), 0],
]

describe('a controller killed', () => {
  test.each(POINTS.map((point, index) => [...point, index] as const))('%s', async (name, when, afterMs, index) => {
    const run = work.start(on('rough1', '--output', 'json'))
    // What is past when a run begins, because the one before got further than it should, is passed over; what comes later is kept for later.
    const later = POINTS.slice(index + 1).map(([, isLater]) => isLater)
    let got = false
    await run
      .event(name, (event) => {
        got = when(event)
        return got || later.some((isLater) => isLater(event))
      })
      .catch(() => {})
    if (got) await sleep(afterMs)
    run.signal('SIGKILL')
    await run.ended
    if (got) reached++
    expect(await halfWritten(fleet, 'rough1')).toEqual([])
    expect(await oldBoot(fleet, 'rough1')).toBe(before)
  })

  test('and run again ends as an undisturbed run does', async () => {
    expect(reached).toBeGreaterThanOrEqual(14)
    const { code, stdout, stderr } = await work.run(on('rough1'))
    expect([code, stderr], stdout).toEqual([0, ''])
    const undisturbed = await calm
    expect(undisturbed.code, undisturbed.stdout).toBe(0)
    expect(await product(fleet, 'rough1')).toEqual(await product(fleet, 'calm1'))
    expect(await leftovers(fleet, 'rough1')).toEqual([])
    expect(await leftovers(fleet, 'calm1')).toEqual([])
    expect(await oldBoot(fleet, 'rough1')).toBe(before)
  })

  test('leaves nothing to do', async () => {
    const again = await work.run(on('rough1'))
    expect([again.code, again.recap.get('rough1')?.changed]).toEqual([0, 0])
    const check = await work.run(on('rough1', '--check', '--detailed-exitcode'))
    expect(check.code, check.stdout).toBe(0)
  })

  test.each([0, 40, 120, 300])('%i ms after cancel.yml began', async (afterMs) => {
    const cancel = ['-i', fleet.inventoryPath, CANCEL, '--yes', '-l', 'rough1']
    const run = work.start([...cancel, '--output', 'json'])
    // Where the one before got to the end, there is nothing left to begin.
    await run.event('cancel_upgrade', intent('cancel_upgrade')).catch(() => {})
    await sleep(afterMs)
    run.signal('SIGKILL')
    await run.ended
    expect(await oldBoot(fleet, 'rough1')).toBe(before)
  })

  test('and cancelled again, all is gone', async () => {
    const cancel = ['-i', fleet.inventoryPath, CANCEL, '--yes', '-l', 'rough1']
    const again = await work.run(cancel)
    expect(again.code, again.stdout + again.stderr).toBe(0)
    expect(await leftovers(fleet, 'rough1')).toEqual([])
    const check = await work.run([...cancel, '--check', '--detailed-exitcode'])
    expect(check.code, check.stdout).toBe(0)
  })
})
