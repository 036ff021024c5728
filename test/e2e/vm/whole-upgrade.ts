import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Distro, ensureDistro } from '../../../lab/distro/distro.ts'
import type { Variant } from '../../../lab/vm/layout.ts'
import type { Vm } from '../../../lab/vm/vm.ts'
import { customise, freshMachine, say } from './prepared.ts'
import type { Site } from './site.ts'
import { countsOf, runTool, troubleOf } from './tool.ts'
import { type Before, expectUpgraded, lookBefore } from './upgraded.ts'

/**
 * Takes a fresh machine to LabOS 9 by one command, and runs the command again.
 *
 * @param mounted the ext4 file systems that the new system must have, sorted.
 * @param alsoExpect what else must hold on the new system.
 */
export function wholeUpgrade(
  variant: Variant,
  what: string,
  mounted: readonly string[],
  alsoExpect: (vm: Vm) => Promise<void> = async () => {},
): void {
  describe(`LabOS 8 to 9 on a machine with ${what}`, () => {
    let distro: Distro
    let vm: Vm
    let site: Site
    let before: Before

    beforeAll(async () => {
      distro = await ensureDistro(say)
      ;({ vm, site } = await freshMachine(distro, variant))
      await customise(vm)
      before = await lookBefore(vm)
    })
    afterAll(async () => {
      await vm?.stop()
    })

    test('one command does it all, from nothing prepared to the new release', async () => {
      const upgrade = await runTool(vm, site.upgrade)
      expect(upgrade.code, troubleOf(upgrade)).toBe(0)
      await expectUpgraded(vm, distro, before)
      expect((await vm.ssh('findmnt -rno TARGET -t ext4')).stdout.trim().split('\n').sort()).toEqual(mounted)
      await alsoExpect(vm)
    })

    test('a second run changes nothing', async () => {
      const again = await runTool(vm, site.upgrade)
      expect(countsOf(again), troubleOf(again)).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    })
  })
}
