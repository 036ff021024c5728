import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Distro } from '../../../lab/distro/distro.ts'
import type { Vm } from '../../../lab/vm/vm.ts'
import type { Ended } from '../cli.ts'
import { preparedMachine } from './prepared.ts'
import { expectNews } from './progress.ts'
import { DRIVER, type Site, UPGRADE_IMAGE } from './site.ts'
import { countsOf, runTool, troubleOf } from './tool.ts'
import { type Before, expectUpgraded, filesInImage, lookBefore } from './upgraded.ts'
import { wholeUpgrade } from './whole-upgrade.ts'

describe('LabOS 8 to 9 on a plain machine', () => {
  let distro: Distro
  let vm: Vm
  let site: Site
  let before: Before
  let upgrade: Ended

  beforeAll(async () => {
    ;({ distro, vm, site } = await preparedMachine())
    before = await lookBefore(vm)
  })
  afterAll(async () => {
    await vm?.stop()
  })

  test('the driver that was asked for is in the upgrade image', async () => {
    expect((await filesInImage(vm, UPGRADE_IMAGE)).join('\n')).toContain(`${DRIVER}.ko`)
  })

  test('one command takes it to the new release', async () => {
    upgrade = await runTool(vm, site.upgrade)
    expect(upgrade.code, troubleOf(upgrade)).toBe(0)
    await expectUpgraded(vm, distro, before)
  })

  test('from inside the image there is news every few seconds', () => {
    expectNews(upgrade.events)
  })

  test('a second run changes nothing', async () => {
    const again = await runTool(vm, site.upgrade)
    expect(countsOf(again), troubleOf(again)).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
  })
})

wholeUpgrade('split', '/usr and /var on partitions of their own', ['/', '/mnt', '/srv', '/usr', '/var'])
