import { expect } from 'vitest'
import type { Distro } from '../../../../lab/distro/distro.ts'
import type { Vm } from '../../../../lab/vm/vm.ts'
import { kernelOf, type RoundTrip, readResult, reboot, throughBoot, type UpgradeResult } from '../boots.ts'
import type { Site } from '../site.ts'
import { runTool, troubleOf } from '../tool.ts'
import { packagesOf } from '../upgraded.ts'

/** Arms what was frozen, lets `break_` do its harm, and reboots: nobody watches. */
export async function armedAndBroken(vm: Vm, site: Site, break_: () => Promise<unknown>): Promise<RoundTrip> {
  const armed = await runTool(vm, site.arm)
  expect(armed.code, troubleOf(armed)).toBe(0)
  await break_()
  return throughBoot(vm, reboot(vm))
}

/** The same, and the image said why: what it wrote is returned. */
export async function expectOldSystem(vm: Vm, distro: Distro, packages: readonly string[]): Promise<UpgradeResult> {
  await expectAsBefore(vm, distro, packages)
  return readResult(vm)
}

/** The old system as it was before, nothing armed, no recovery entry in the way. */
export async function expectAsBefore(vm: Vm, distro: Distro, packages: readonly string[]): Promise<void> {
  expect(await kernelOf(vm)).toBe(distro.kernel8)
  expect(await packagesOf(vm)).toEqual(packages)
  const { stdout: status } = await vm.ssh('sh /var/lib/upgrade-push/boot/steer status')
  expect(status).toMatch(/^oneshot=none$/m)
  expect(status).toMatch(/^recovery=no$/m)
  expect(status).toMatch(new RegExp(`^default=.*${distro.kernel8}`, 'm'))
}
