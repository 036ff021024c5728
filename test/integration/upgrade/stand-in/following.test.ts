import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Controller } from './controller.ts'
import { NEW_BOOT, OLD_BOOT, StandIn, until } from './stand-in.ts'

let host: StandIn
let controller: Controller
beforeEach(async () => {
  host = await StandIn.start()
  controller = new Controller(host)
})
afterEach(async () => {
  controller.remove()
  await host.stop()
})

/** From the image's first line to the end of its last step. */
async function imageWorks(): Promise<void> {
  host.say('start', 'phase', { text: 'the image is up' })
  host.say('checks', 'phase', { text: 'checking' })
  host.say('recovery')
  for (let n = 1; n <= 3; n++) host.say('transaction', 'item', { n, of: 3, action: 'upgrade', package: `glibc-${n}` })
  host.say('finish', 'phase', { text: 'rebuilding the initramfs' })
  host.say('done', 'done', { outcome: 'first-boot' })
}

async function comesBack(): Promise<void> {
  host.result('first-boot')
  await host.newSystem()
}

test('a host is followed through its image, over a lost link, to the end of its first boot', async () => {
  const run = controller.run()
  await host.rebootAsked()
  expect(controller.remembers()).toContain(OLD_BOOT)
  await host.down()
  await run.phase('initramfs-boot')
  await host.image()
  host.say('transaction', 'item', { n: 1, of: 3, action: 'upgrade', package: 'bash\u001b[31m' })
  await run.phase('transaction', 'bash')
  await host.cut()
  host.say('transaction', 'item', { n: 2, of: 3, action: 'upgrade', package: 'coreutils' })
  await run.phase('transaction', 'coreutils')
  host.say('finish')
  host.say('done', 'done', { outcome: 'first-boot' })
  await run.phase('rebooting')
  await host.down()
  await run.phase('first-boot')
  await comesBack()
  await run.phase('resume-service')
  host.result('upgraded')
  expect(await run.ended, run.stderr + run.stdout.slice(-1000)).toBe(0)

  const { before, 'the upgrade': upgrade, after } = run.results()
  expect(before?.status).toBe('changed')
  expect(upgrade).toMatchObject({
    status: 'changed',
    result: { outcome: 'upgraded', boot_ids: { before: OLD_BOOT, after: NEW_BOOT }, release: { from: '8', to: '9' } },
  })
  expect(after?.result?.stdout).toContain('VERSION_ID="9"')
  expect(controller.remembers()).toBeUndefined()
  const done = run.of('phase').filter(({ state }) => state === 'done')
  expect(done.map(({ phase }) => phase)).toEqual([
    'arming',
    'going-down',
    'initramfs-boot',
    'transaction',
    'finish',
    'rebooting',
    'first-boot',
    'resume-service',
  ])
  expect(run.of('phase').find(({ text }) => text?.includes('bash'))).toMatchObject({
    n: 1,
    of: 3,
    text: 'upgrade bash [31m',
  })
  expect(host.inside('cat /var/lib/upgrade-push/result/before')).toContain(`boot ${OLD_BOOT}`)
})

test('without a network in the image the host is waited for, and the result read when it is back', async () => {
  const run = controller.run({ network: false })
  await host.rebootAsked()
  await host.down()
  await run.phase('offline')
  await comesBack()
  await run.phase('resume-service')
  host.result('upgraded')
  expect(await run.ended, run.stderr).toBe(0)
})

describe('a controller that is killed and started again', () => {
  const stages: readonly [phase: string, reach: (run: ReturnType<Controller['run']>) => Promise<void>][] = [
    ['going-down', async () => {}],
    [
      'initramfs-boot',
      async () => {
        await host.down()
      },
    ],
    [
      'transaction',
      async () => {
        await host.down()
        await host.image()
        host.say('transaction', 'item', { n: 1, of: 9, action: 'upgrade', package: 'bash' })
      },
    ],
    [
      'first-boot',
      async (run) => {
        await host.down()
        await host.image()
        await imageWorks()
        await run.phase('rebooting')
        await host.down()
      },
    ],
    [
      'resume-service',
      async () => {
        await host.down()
        await comesBack()
      },
    ],
  ]

  test.each(stages)('in phase %s finds the host and goes on', async (phase, reach) => {
    const first = controller.run()
    await host.rebootAsked()
    await reach(first)
    await first.phase(phase)
    first.kill()
    await first.ended
    host.inside('rm -f /run/prepared')

    const second = controller.run()
    await until(() => second.of('phase').length > 0)
    if (phase !== 'resume-service') {
      await host.down()
      if (phase !== 'first-boot') {
        await host.image()
        await imageWorks()
        await second.phase('rebooting')
        await host.down()
      }
      await comesBack()
    }
    await second.phase('resume-service')
    host.result('upgraded')
    expect(await second.ended, second.stderr + second.stdout.slice(-1500)).toBe(0)
    const { before, 'the upgrade': upgrade, after } = second.results()
    expect(before).toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('the upgrade is running on this host'),
    })
    expect(host.inside('ls /run')).not.toContain('prepared')
    expect(upgrade?.status).toBe('changed')
    expect(after?.status).toBe('changed')
    expect(controller.remembers()).toBeUndefined()

    const third = controller.run()
    expect(await third.ended).toBe(0)
    expect(third.results()['the upgrade']?.status).toBe('ok')
  })

  test('before the reboot was asked for: it begins anew', async () => {
    const first = controller.run()
    await host.rebootAsked()
    first.kill()
    await first.ended
    // The old system is as it was: somebody kept it from going down.
    host.inside(`rm -f /run/upgrade-push.reboot ${host.path('reboot-asked')} /run/prepared`)
    const second = controller.run({ network: false })
    await host.rebootAsked()
    expect(second.results().before?.status).toBe('changed')
    await host.down()
    await comesBack()
    host.result('upgraded')
    expect(await second.ended).toBe(0)
  })

  test('a play that does not follow is refused while the image answers', async () => {
    const first = controller.run()
    await host.rebootAsked()
    await host.down()
    await host.image()
    await first.phase('initramfs-boot', 'the image answers')
    first.kill()
    await first.ended
    const other = controller.run({ alone: true })
    expect(await other.ended).toBe(2)
    expect(other.results().before).toMatchObject({
      status: 'refused',
      message: 'the upgrade is running on this host: it answers from the upgrade image',
    })
  })
})

describe('an upgrade that does not succeed', () => {
  async function inImage(run: ReturnType<Controller['run']>): Promise<void> {
    await host.rebootAsked()
    await host.down()
    await host.image()
    await run.phase('initramfs-boot', 'the image answers')
  }

  test('before the first change: the old system is back, and the step fails with the reason', async () => {
    const run = controller.run()
    await inImage(run)
    host.say('checks')
    host.say('failed', 'failed', { step: 'checks', text: 'bash.rpm is damaged', changed: false })
    await run.phase('rebooting')
    await host.down()
    host.result('failed', { changed: false, step: 'checks', message: 'bash.rpm is damaged', lines: ['sha256 differs'] })
    await host.newSystem('8')
    expect(await run.ended).toBe(2)
    expect(run.results()['the upgrade']).toMatchObject({
      status: 'failed',
      message:
        'the upgrade failed before any package changed: step checks: bash.rpm is damaged | last lines: sha256 differs; the old system is running (labos 8)',
    })
    expect(controller.remembers()).toBeUndefined()
  })

  test('after the first change: the image waits, the step says how to go on, and resume goes on', async () => {
    const first = controller.run()
    await inImage(first)
    host.say('failed', 'failed', { step: 'transaction', text: 'scriptlet failed', changed: true })
    host.say('waiting', 'phase', { text: 'scriptlet failed' })
    expect(await first.ended).toBe(2)
    const failed = first.results()['the upgrade']
    expect(failed?.message).toContain('the host waits in the upgrade image: step transaction: scriptlet failed')
    expect(failed?.remedy).toContain('resume: true')
    expect(controller.remembers()).toBeDefined()

    const second = controller.run({ args: ['resume: true'] })
    await until(() => second.of('progress').some(({ line }) => line.includes('told to go on')))
    await imageWorks()
    await second.phase('rebooting')
    await host.down()
    await comesBack()
    host.result('upgraded')
    expect(await second.ended, second.stdout.slice(-1500)).toBe(0)
    expect(controller.remembers()).toBeUndefined()
  })

  test('a run that was to resume and was cut off is typed again: it goes on watching what is at work already', async () => {
    const first = controller.run()
    await inImage(first)
    host.say('waiting', 'phase', { text: 'scriptlet failed' })
    expect(await first.ended).toBe(2)
    const second = controller.run({ args: ['resume: true'] })
    await until(() => second.of('progress').some(({ line }) => line.includes('told to go on')))
    host.say('transaction', 'item', { n: 1, of: 3, action: 'upgrade', package: 'bash' })
    await second.phase('transaction', 'bash')
    second.kill()
    await second.ended
    host.inside(`: >${host.path('refuse-resume')}`)

    const third = controller.run({ args: ['resume: true'] })
    await until(() => third.of('progress').some(({ line }) => line.includes('at work already')))
    await imageWorks()
    await third.phase('rebooting')
    await host.down()
    await comesBack()
    host.result('upgraded')
    expect(await third.ended, third.stdout.slice(-1500)).toBe(0)
  })

  test('a resume that the image refuses says why', async () => {
    const first = controller.run()
    await inImage(first)
    first.kill()
    await first.ended
    host.say('waiting', 'phase', { text: 'scriptlet failed' })
    host.inside(`: >${host.path('refuse-resume')}`)
    const second = controller.run({ args: ['resume: true'] })
    expect(await second.ended).toBe(2)
    expect(second.results()['the upgrade']?.message).toContain('refused: nothing to go on with')
  })

  test('a reboot that is refused: the reason, and the host is as it was', async () => {
    host.inside(
      `printf '#!/bin/sh\\n[ "$1" != reboot ] || { echo Operation inhibited; exit 1; }\\n' >${host.path('bin/systemctl')}`,
    )
    const run = controller.run()
    expect(await run.ended).toBe(2)
    expect(run.results()['the upgrade']?.message).toBe(
      'the reboot was refused: Operation inhibited systemctl reboot failed; the host was disarmed again: its next boot is the old system',
    )
    expect(controller.remembers()).toBeUndefined()
    expect(host.inside('ls /run')).not.toContain('upgrade-push.reboot\n')
  })

  test('Ctrl-C twice ends the watch, not the upgrade', async () => {
    const run = controller.run()
    await inImage(run)
    run.interrupt()
    await until(() => run.of('interrupt').length === 1)
    run.interrupt()
    expect(await run.ended).toBe(99)
    expect(run.results()['the upgrade']).toMatchObject({
      status: 'failed',
      message: 'watching was cancelled by the operator',
      remedy: expect.stringContaining('run the playbook again to go on watching'),
    })
    expect(controller.remembers()).toBeDefined()
  })

  test('a stranger at the address is refused as ever', async () => {
    const run = controller.run()
    await host.rebootAsked()
    await host.down()
    await host.stranger()
    expect(await run.ended).toBe(4)
    expect(run.results()['the upgrade']).toMatchObject({
      status: 'unreachable',
      message: expect.stringContaining('HOST KEY CHANGED'),
    })
    expect(controller.remembers()).toBeDefined()
  })

  test('a host that does not come back is overdue: waited for, then given up, never a success', async () => {
    const run = controller.run({ args: ['timeouts: {initramfs-boot: 2}', 'patience: 4'] })
    await host.rebootAsked()
    await host.down()
    expect(await run.ended).toBe(2)
    expect(run.of('phase').some(({ state }) => state === 'overdue')).toBe(true)
    expect(run.results()['the upgrade']).toMatchObject({
      status: 'overdue',
      message: expect.stringContaining('overdue'),
    })
    expect(run.of('run_finished')[0]).toMatchObject({ outcome: 'failed', recap: { machine: { overdue: 1 } } })
    expect(controller.remembers()).toBeDefined()
  })
})
