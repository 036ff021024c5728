import { afterEach, describe, expect } from 'vitest'
import type { Vm } from '../../../lab/vm/vm.ts'
import { expectAsBefore } from './faults/outcomes.ts'
import { fault } from './faults/table.ts'
import { inImage } from './image-shell.ts'
import { preparedMachine } from './prepared.ts'
import { expectNews } from './progress.ts'
import { DRIVER, UPGRADE_IMAGE } from './site.ts'
import { countsOf, resultsOf, runTool, startTool, troubleOf, untilEnded } from './tool.ts'
import { expectUpgraded, filesInImage, lookBefore } from './upgraded.ts'

describe('a power cut', () => {
  let vm: Vm
  afterEach(async () => {
    await vm?.stop()
  })

  fault(
    'power cut before the first change',
    'back on the old system, reported as failed, nothing changed; the same command would begin again',
    async () => {
      const prepared = await preparedMachine()
      vm = prepared.vm
      const before = await lookBefore(vm)
      const run = startTool(vm, prepared.site.upgrade)
      const reset = run
        .event('the checks in the image', (event) => event.type === 'phase' && event.phase === 'checks')
        .then(() => vm.reset())
      const ended = await untilEnded(vm, run)
      await reset
      expect(ended.code).not.toBe(0)
      expect(resultsOf(ended).get('reboot_upgrade')).toMatchObject({ status: 'failed' })
      expect(troubleOf(ended)).toMatch(
        /cut off before it could leave a result \(a reset\?\); the host runs labos 8\.0 again/,
      )
      await vm.waitForSsh()
      // Nobody had the time to write a result.
      await expectAsBefore(vm, prepared.distro, before.packages)
      const again = await runTool(vm, prepared.site.upgrade, '--check')
      expect(again.code, troubleOf(again)).toBe(0)
      expect(['changed', 'deferred']).toContain(resultsOf(again).get('reboot_upgrade')?.status)
    },
  )

  fault(
    'power cut in the middle of the transaction',
    'the recovery environment says so and waits; nothing claims success; `resume` completes the upgrade',
    async () => {
      const prepared = await preparedMachine()
      vm = prepared.vm
      const before = await lookBefore(vm)
      expect((await filesInImage(vm, UPGRADE_IMAGE)).join('\n')).toContain(`${DRIVER}.ko`)
      // A package whose scriptlet takes its time: in the middle of it the power goes.
      await vm.ssh('echo 20 >/etc/labos-slow')
      const run = startTool(vm, prepared.site.upgrade)
      const reset = run
        .event(
          'the slow scriptlet',
          (event) => event.type === 'phase' && event.phase === 'transaction' && /slowpost/.test(event.text ?? ''),
        )
        .then(() => vm.reset())
      const ended = await untilEnded(vm, run)
      await reset
      expect(ended.code).not.toBe(0)
      expect(resultsOf(ended).get('reboot_upgrade')).toMatchObject({ status: 'failed' })
      expect(troubleOf(ended)).toMatch(/resume/)
      expect(await inImage(vm, 'cat /proc/cmdline; upgrade-status')).toMatch(/rd\.upgrade\.recovery=1[\s\S]*waiting/)

      const again = await runTool(vm, prepared.site.upgrade)
      expect(again.code, 'without being told to resume, nothing goes on').not.toBe(0)
      const resumed = await runTool(vm, prepared.site.upgrade, '-e', 'resume=true')
      expect(resumed.code, troubleOf(resumed)).toBe(0)
      await expectUpgraded(vm, prepared.distro, before)
      expectNews(resumed.events)
      const done = await runTool(vm, prepared.site.upgrade)
      expect(countsOf(done), troubleOf(done)).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    },
  )
})
