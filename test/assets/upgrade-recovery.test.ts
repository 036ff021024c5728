import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type BootOptions, TRANSACTION, UpgradeBoot } from './upgrade-boot.ts'

const RECOVERY = 'rd.upgrade.recovery=1'

let boot: UpgradeBoot
const booted = (options: BootOptions = {}) => {
  boot = new UpgradeBoot({ args: RECOVERY, ...options })
  return boot
}
afterEach(() => boot.remove())

/** What the transaction's own journal says, as if it had been cut off there. */
const journal = (...events: Record<string, unknown>[]) =>
  appendFileSync(join(boot.state, 'progress.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))

const STARTED = { event: 'started', n: 3, of: 9, action: 'install', package: 'c-1-1.noarch' }

describe('the recovery entry', () => {
  test.each([
    ['before the first package', [], 'in the middle of the transaction, before its first package was done'],
    ['in a package', [STARTED], 'in the middle of the transaction, at package 3 of 9 (install c-1-1.noarch)'],
    [
      'after the transaction',
      [STARTED, { event: 'complete' }],
      'after the transaction, before the final steps were done',
    ],
  ])('waits after a reset %s, and never starts a transaction by itself', async (_, events, where) => {
    booted()
    journal({ event: 'first-change' }, ...events)
    const running = boot.start()
    await boot.waiting()
    expect(boot.result()).toMatchObject({
      outcome: 'failed',
      changed: true,
      step: 'armed',
      message: `the machine was reset ${where}`,
    })
    expect(boot.call('bin/upgrade-status').stdout).toContain('recovery: yes\n')
    boot.call('bin/upgrade-reboot')
    const { stdout } = await running.ended
    expect(stdout).not.toContain('dnf:')
    expect(boot.steered()).toEqual([])
  })

  test('resumes when it is told to', async () => {
    booted()
    writeFileSync(join(boot.state, 'changed'), `run r\nplan ${boot.plan()}\nfrom 8\n`)
    const running = boot.start()
    await boot.waiting()
    expect(boot.call('bin/upgrade-resume').code).toBe(0)
    const { code, stdout } = await running.ended
    expect(code, stdout).toBe(0)
    expect(stdout).toContain('dnf: resume')
    expect(boot.result()).toMatchObject({ outcome: 'first-boot', changed: true })
    // Only the boot that changed something knew where it came from.
    expect(boot.read('changed')).toContain('from 8\n')
  })

  test('says what failed before the reset', async () => {
    const running = booted({ args: '', transaction: `${TRANSACTION}\nexit 21` }).start()
    await boot.waiting()
    boot.reset(RECOVERY)
    await running.ended
    const again = boot.start()
    await boot.waiting()
    expect(boot.result().message).toBe(
      'the machine was restarted after a failure: transaction: the transaction failed: dnf: upgrade',
    )
    expect(boot.result().lines).toEqual([expect.stringContaining('### upgrade-push: upgrade, '), 'dnf: upgrade'])
    boot.call('bin/upgrade-reboot')
    await again.ended
  })

  test('a reset before the first change: the old default comes back, and with it the old system', async () => {
    const { code, stdout } = await booted().service()
    expect(code, stdout).toBe(1)
    expect(boot.result()).toMatchObject({ outcome: 'failed', changed: false, step: 'armed' })
    expect(boot.result().message).toBe('the machine was reset before the first package changed')
    expect(boot.steered()[0]).toBe('restore')
    expect(stdout).toContain('the next boot is the old system')
  })

  test('does not boot itself again and again when the old default can not come back', async () => {
    const running = booted({
      steer: '[ -e "$UPGRADE_ROOT/mended" ] || { echo "/boot is read-only" >&2; exit 1; }',
    }).start()
    await boot.waiting()
    expect(boot.result()).toMatchObject({ outcome: 'failed', changed: false })
    expect(boot.result().message).toContain('could not be restored: /boot is read-only')
    writeFileSync(join(boot.root, 'mended'), '')
    expect(boot.call('bin/upgrade-resume').code).toBe(0)
    expect((await running.ended).code).toBe(1)
    expect(boot.call('lib/report', [], { SERVICE_RESULT: 'exit-code' }).stdout).toContain(
      'the next boot is the old system',
    )
  })

  test('does not go on when the packages are damaged', async () => {
    booted()
    journal({ event: 'first-change' })
    const running = boot.start()
    await boot.waiting()
    writeFileSync(join(boot.state, 'plan.json'), 'x')
    boot.call('bin/upgrade-resume')
    await boot.waiting()
    expect(boot.result()).toMatchObject({
      changed: true,
      step: 'checks',
      message: expect.stringContaining('plan.json'),
    })
    boot.call('bin/upgrade-reboot')
    await running.ended
  })

  test('waits where the root can not be mounted, and takes the worst for granted', async () => {
    booted()
    writeFileSync(join(boot.root, 'no-mounts'), '')
    // In place of the emergency shell, as the boot never came to the steps.
    const running = boot.start('lib/report')
    await boot.waiting()
    expect(boot.call('bin/upgrade-status').stdout).toContain('changed: unknown\n')
    expect(existsSync(join(boot.state, 'result.json'))).toBe(false)
    boot.call('bin/upgrade-reboot')
    const { stdout } = await running.ended
    expect(stdout).toContain('the boot of the upgrade image failed')
    expect(boot.steered()).toEqual([])
  })

  test('a second report does not end while the first one waits, as its end is a reboot', async () => {
    booted()
    writeFileSync(join(boot.root, 'no-mounts'), '')
    const first = boot.start('lib/report')
    await boot.waiting()
    let ended = false
    const second = boot.start('lib/report')
    void second.ended.then(() => {
      ended = true
    })
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(ended).toBe(false)
    boot.call('bin/upgrade-reboot')
    await first.ended
    await second.ended
  })
})

test('an armed boot whose way to the steps fails is reported and goes back', () => {
  boot = new UpgradeBoot()
  writeFileSync(join(boot.root, 'no-mounts'), '')
  const { code, stdout } = boot.call('lib/report')
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('the next boot is the old system')
  expect(boot.steered()).toEqual([])
})
