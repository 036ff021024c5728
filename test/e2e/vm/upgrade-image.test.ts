import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureDistro } from '../../../lab/distro/distro.ts'
import { startVm } from '../../../lab/vm/machine.ts'
import type { Vm } from '../../../lab/vm/vm.ts'
import { chooseOnce, editEntry, kernelOf, oldBootFiles, REACHED, readResult, reboot, throughBoot } from './boots.ts'
import { recap, runPlaybook } from './playbook.ts'

const say = (line: string) => console.log(line)

describe('a machine prepared by playbooks/initramfs.yml', () => {
  let vm: Vm
  let oldKernel: string
  let oldFiles: string

  beforeAll(async () => {
    const distro = await ensureDistro(say)
    vm = await startVm({ name: 'test-image', distro, onProgress: say })
    await vm.waitForSsh()
    oldKernel = distro.kernel8
    oldFiles = await oldBootFiles(vm)
    const begun = Date.now()
    await runPlaybook(vm)
    say(
      `prepared in ${Math.round((Date.now() - begun) / 1000)} s, ${Math.round(vm.cpuSeconds())} s of processor time since power-on`,
    )
  })

  afterAll(async () => {
    await vm?.stop()
  })

  test('is prepared: nothing is left to change, the old boot files are as they were, nothing is armed', async () => {
    expect(recap(await runPlaybook(vm))).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    expect(await oldBootFiles(vm)).toBe(oldFiles)
    expect((await vm.ssh('ls /sys/firmware/efi/efivars')).stdout).not.toContain('LoaderEntryOneShot')
  })

  test('armed, it reaches upgrade.target once and comes back to the old system with the result', async () => {
    expect(recap(await runPlaybook(vm, '-e', 'rehearse=true'))).toMatchObject({ changed: 1, failed: 0 })
    const { stdout: digest } = await vm.ssh('sha256sum </boot/initramfs-upgrade.x86_64.img | cut -c1-64')
    const trip = await throughBoot(vm, reboot(vm))

    expect(trip.console).toMatch(REACHED)
    expect(await kernelOf(vm)).toBe(oldKernel)
    const result = await readResult(vm)
    expect(result).toMatchObject({
      version: 1,
      phase: 'reached',
      step: null,
      outcome: 'no-transaction',
      systemd: '257',
    })
    expect(result.image).toBe(digest.trim())
    expect(result.run).toMatch(/^[A-Za-z0-9._-]+$/)
    expect(result.kernel).not.toBe(oldKernel)
    // A boot between the two: neither the one that armed nor the one that answers.
    expect([trip.before, trip.after]).not.toContain(result.boot_id)
    expect(Date.parse(result.finished_at)).toBeGreaterThanOrEqual(Date.parse(result.started_at))
    const { stdout: log } = await vm.ssh('cat /var/log/upgrade-push/initramfs.log')
    expect(log).toContain(`### upgrade-push: initramfs, boot ${result.boot_id}`)
    expect(log).toContain('start upgrade.target reached')
    const { stdout: state } = await vm.ssh('cat /var/lib/upgrade-push/state.json')
    expect(JSON.parse(state)).toMatchObject({ status: 'finished', phase: 'reached', boot_id: result.boot_id })
    expect(await oldBootFiles(vm)).toBe(oldFiles)
  })

  test('is not booted again: a reset leads to the old system', async () => {
    const before = await readResult(vm)
    const trip = await throughBoot(vm, () => vm.reset())
    expect(trip.console).not.toMatch(REACHED)
    expect(await kernelOf(vm)).toBe(oldKernel)
    expect(await readResult(vm)).toEqual(before)
  })

  test('a step that fails is reported and leads back to the old system by itself', async () => {
    await editEntry(vm, 's/rd\\.upgrade\\.image=[0-9a-f]*/rd.upgrade.image=broken/')
    await chooseOnce(vm)
    const trip = await throughBoot(vm, reboot(vm))
    expect(trip.console).toMatch(/^upgrade-push: \S+ armed failed: rd\.upgrade\.image is not a SHA-256 digest$/m)
    expect(await kernelOf(vm)).toBe(oldKernel)
    expect(await readResult(vm)).toMatchObject({
      outcome: 'failed',
      phase: 'reached',
      step: 'armed',
      message: 'rd.upgrade.image is not a SHA-256 digest',
    })
  })

  test('a root that does not appear is reported and leads back to the old system by itself', async () => {
    await editEntry(vm, 's/root=LABEL=[^ ]*/root=LABEL=gone rd.timeout=20/')
    await chooseOnce(vm)
    const trip = await throughBoot(vm, reboot(vm))
    expect(trip.console).not.toMatch(REACHED)
    expect(trip.console).toMatch(/^upgrade-push: \S+ failed the boot of the upgrade image failed.*root=LABEL=gone/m)
    expect(await kernelOf(vm)).toBe(oldKernel)
  })

  test('a kernel that panics leads back to the old system by itself', async () => {
    await editEntry(vm, 's/panic=30/panic=5 rdinit=\\/gone/')
    await chooseOnce(vm)
    const trip = await throughBoot(vm, reboot(vm))
    expect(trip.console).toMatch(/Kernel panic - not syncing/)
    expect(trip.console).not.toMatch(REACHED)
    expect(await kernelOf(vm)).toBe(oldKernel)
  })

  test('chosen by hand without being armed it does nothing and says so', async () => {
    await editEntry(vm, 's/ rd\\.upgrade\\.[a-z]*=[^ ]*//g')
    await chooseOnce(vm)
    const trip = await throughBoot(vm, reboot(vm))
    expect(trip.console).toMatch(REACHED)
    expect(await kernelOf(vm)).toBe(oldKernel)
    expect(await readResult(vm)).toMatchObject({ outcome: 'not-armed', run: null, image: null })
  })
})
