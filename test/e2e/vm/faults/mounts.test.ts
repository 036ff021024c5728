import { afterEach, describe, expect } from 'vitest'
import type { Vm } from '../../../../lab/vm/vm.ts'
import { editEntry } from '../boots.ts'
import { preparedMachine } from '../prepared.ts'
import { runTool, troubleOf } from '../tool.ts'
import { expectUpgraded, lookBefore, packagesOf } from '../upgraded.ts'
import { armedAndBroken, expectOldSystem } from './outcomes.ts'
import { fault } from './table.ts'

/** The old system would wait in its emergency mode for a device that is gone; an operator who wants to log in has it go on. */
const GO_ON = `sed /^OnFailure/d /lib/systemd/system/local-fs.target >/etc/systemd/system/local-fs.target`
const takeAway = (label: string, mount: string) =>
  `umount ${mount} && e2label $(findfs LABEL=${label}) gone && udevadm trigger --settle`

describe('file systems of fstab', () => {
  let vm: Vm
  afterEach(async () => {
    await vm?.stop()
  })

  fault(
    '/usr does not mount',
    'named on the console and in `result.json`; the old system by itself, nothing changed',
    async () => {
      const { vm: machine, site, distro } = await preparedMachine('split')
      vm = machine
      const packages = await packagesOf(vm)
      await armedAndBroken(vm, site, () => editEntry(vm, 's/$/ rd.systemd.mask=sysroot-usr.mount/'))
      const result = await expectOldSystem(vm, distro, packages)
      expect(result).toMatchObject({ outcome: 'failed', step: 'mounts', changed: false })
      expect(result.message).toContain('/usr')
    },
  )

  fault(
    'a device of fstab is gone',
    'waited for, then named on the console and in `result.json`; the old system by itself, nothing changed',
    async () => {
      const { vm: machine, site, distro } = await preparedMachine('split')
      vm = machine
      const packages = await packagesOf(vm)
      await vm.ssh(GO_ON)
      await armedAndBroken(vm, site, () => vm.ssh(takeAway('labos-srv', '/srv')))
      const result = await expectOldSystem(vm, distro, packages)
      expect(result).toMatchObject({ outcome: 'failed', step: 'mounts', changed: false })
      expect(result.message).toMatch(/\/srv.*did not appear/)
    },
  )

  fault('a device of fstab with nofail is gone', 'the upgrade goes on without it', async () => {
    const { vm: machine, site, distro } = await preparedMachine('split')
    vm = machine
    const before = await lookBefore(vm)
    await vm.ssh(takeAway('labos-mnt', '/mnt'))
    const upgrade = await runTool(vm, site.upgrade)
    expect(upgrade.code, troubleOf(upgrade)).toBe(0)
    await expectUpgraded(vm, distro, before)
  })
})
