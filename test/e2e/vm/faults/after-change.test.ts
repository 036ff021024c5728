import { afterEach, describe, expect } from 'vitest'
import type { Vm } from '../../../../lab/vm/vm.ts'
import { readResult } from '../boots.ts'
import { inImage } from '../image-shell.ts'
import { type Prepared, preparedMachine } from '../prepared.ts'
import { FAIL_FIRST_BOOT } from '../site.ts'
import { resultsOf, runTool, startTool, troubleOf, untilEnded } from '../tool.ts'
import { type Before, expectUpgraded, lookBefore } from '../upgraded.ts'
import { fault } from './table.ts'

describe('from the first change on', () => {
  let vm: Vm
  afterEach(async () => {
    await vm?.stop()
  })

  async function machine(): Promise<Prepared & Awaited<ReturnType<typeof preparedMachine>> & { before: Before }> {
    const prepared = await preparedMachine()
    vm = prepared.vm
    return { ...prepared, before: await lookBefore(vm) }
  }

  fault(
    'a scriptlet fails',
    'it stays in the image, reachable, with the last lines in `result.json`; mended, `resume` completes the upgrade',
    async () => {
      const { site, distro, before } = await machine()
      await vm.ssh('touch /etc/labos-fail')
      const ended = await runTool(vm, site.upgrade)
      expect(ended.code).not.toBe(0)
      expect(resultsOf(ended).get('reboot_upgrade')).toMatchObject({ status: 'failed' })
      const result = JSON.parse(await inImage(vm, 'cat /sysroot/var/lib/upgrade-push/result.json'))
      expect(result).toMatchObject({ outcome: 'failed', changed: true, step: 'transaction' })
      expect(result.lines.join('\n')).toMatch(/failpre/)
      await inImage(vm, 'rm /sysroot/etc/labos-fail')
      const resumed = await runTool(vm, site.upgrade, '-e', 'resume=true')
      expect(resumed.code, troubleOf(resumed)).toBe(0)
      await expectUpgraded(vm, distro, before)
    },
  )

  fault(
    'no network in the image',
    'the upgrade goes through all the same; the controller waits, and reads the result after the boot',
    async () => {
      const { site, distro, before } = await machine()
      const from = (await vm.serial()).length
      const run = startTool(vm, site.upgrade)
      const cable = (async () => {
        const image = await vm.waitForSerial(/Linux version/, { from, noProgressSeconds: 600 })
        await vm.setLink(false)
        await vm.waitForSerial(/Linux version/, { from: image.end, noProgressSeconds: 600 })
        await vm.setLink(true)
      })()
      const ended = await untilEnded(vm, run)
      await cable
      expect(ended.code, troubleOf(ended)).toBe(0)
      await expectUpgraded(vm, distro, before)
    },
  )

  fault(
    'the resume service fails',
    'the run fails with what the script said; mended and started again, it completes the upgrade',
    async () => {
      const { site, distro, before } = await machine()
      await vm.ssh(`touch ${FAIL_FIRST_BOOT}`)
      const ended = await runTool(vm, site.upgrade)
      expect(ended.code).not.toBe(0)
      expect(troubleOf(ended)).toMatch(/the application is not ready|first-boot/)
      expect(await readResult(vm)).toMatchObject({ outcome: 'first-boot-failed' })
      await vm.ssh(`rm ${FAIL_FIRST_BOOT} && systemctl start upgrade-resume`)
      const again = await runTool(vm, site.upgrade)
      expect(again.code, troubleOf(again)).toBe(0)
      await expectUpgraded(vm, distro, before)
    },
  )

  fault(
    'the new kernel does not boot',
    'all packages are new; the host is overdue, never a success; the console shows why',
    async () => {
      const { site } = await machine()
      // As a kernel that finds no root: the new system's own arguments are at fault, the image's are not.
      await vm.ssh(
        `mkdir -p /etc/upgrade-push/requests.d && printf 'target: { kernel_args: { add: ["rdinit=/gone", panic=10] } }\\n' >/etc/upgrade-push/requests.d/10-broken.yml`,
      )
      const from = (await vm.serial()).length
      const ended = await runTool(vm, site.impatient)
      expect(ended.code).not.toBe(0)
      expect(resultsOf(ended).get('reboot_upgrade')).toMatchObject({ status: 'overdue' })
      // The image's own last word: its final steps follow the transaction.
      expect(ended.events).toContainEqual(expect.objectContaining({ type: 'phase', phase: 'finish', state: 'done' }))
      expect((await vm.serial()).slice(from)).toMatch(/Kernel panic - not syncing/)
    },
  )

  fault(
    'the controller is killed at each phase',
    'started again, it finds the host and goes on watching; at the end the host is upgraded',
    async () => {
      const { site, distro, before } = await machine()
      const killed = new Set<string>()
      for (;;) {
        const run = startTool(vm, site.upgrade)
        const fresh = run
          .event('a phase', (event) => event.type === 'phase' && event.state === 'running' && !killed.has(event.phase))
          .then((event) => {
            if (event.type === 'phase') killed.add(event.phase)
            run.signal('SIGKILL')
          })
          .catch(() => {})
        const ended = await untilEnded(vm, run)
        await fresh
        if (ended.code === null) continue
        expect(ended.code, troubleOf(ended)).toBe(0)
        break
      }
      expect([...killed]).toEqual(expect.arrayContaining(['checks', 'transaction', 'finish', 'first-boot']))
      await expectUpgraded(vm, distro, before)
    },
  )
})
