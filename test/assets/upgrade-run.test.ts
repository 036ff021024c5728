import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type BootOptions, RUN, TRANSACTION, UpgradeBoot } from './upgrade-boot.ts'

let boot: UpgradeBoot
const booted = (options: BootOptions = {}) => {
  boot = new UpgradeBoot(options)
  return boot
}
afterEach(() => boot.remove())

describe.each(['dash', 'bash'] as const)('the whole upgrade under %s', (shell) => {
  test('goes through every phase to the first boot, and tells it', async () => {
    const { code, stdout } = await booted({ shell }).service()
    expect(code, stdout).toBe(0)
    expect(boot.steered()).toEqual(['consumed', 'recovery'])
    expect(boot.result()).toMatchObject({
      outcome: 'first-boot',
      changed: true,
      run: RUN,
      plan: boot.plan(),
      release: { from: '8', to: '9' },
      step: null,
      phases: {
        start: expect.any(Number),
        checks: expect.any(Number),
        recovery: expect.any(Number),
        transaction: expect.any(Number),
        finish: expect.any(Number),
      },
      lines: ['dnf: upgrade'],
    })
    const lines = boot.progress()
    expect([...new Set(lines.map(({ phase }) => phase))]).toEqual([
      'start',
      'checks',
      'recovery',
      'transaction',
      'finish',
      'done',
    ])
    for (const line of lines) {
      expect(line).toMatchObject({ t: expect.stringMatching(/^\d{4}-.*Z$/), up: expect.any(Number) })
    }
    expect(lines).toContainEqual(expect.objectContaining({ event: 'item', n: 2, of: 2, package: 'b-2-1.noarch' }))
    expect(lines).toContainEqual(expect.objectContaining({ event: 'done', outcome: 'first-boot' }))
    expect(stdout).toMatch(/^upgrade-push: \d+\.\d+ transaction 2\/2 upgrade b-2-1\.noarch$/m)
    expect(boot.read('changed')).toMatch(new RegExp(`^run ${RUN}\nplan ${boot.plan()}\nfrom 8\nat .*Z\n$`))
    expect(readFileSync(join(boot.root, 'var/log/upgrade-push/transaction.log'), 'utf8')).toContain('dnf: upgrade')
    expect(readFileSync(join(boot.dir, 'mounts'), 'utf8')).toContain(`mount -o remount,ro ${boot.root}`)
  })

  test('a step that says nothing for long is told of; from the first change on no emergency comes', async () => {
    booted({ shell, steer: '[ "$sub" != recovery ] || sleep 1.5' })
    expect((await boot.service()).code).toBe(0)
    expect(boot.progress()).toContainEqual(
      expect.objectContaining({ event: 'heartbeat', what: 'making the recovery entry the default: recovery' }),
    )
    const lifted = (unit: string) => readFileSync(join(boot.dir, `units/${unit}.d/zz-upgrade.conf`), 'utf8')
    expect(lifted('emergency.target')).toBe('[Unit]\nJobTimeoutSec=infinity\n')
    expect(lifted('rescue.service')).toBe('[Service]\nTimeoutStartSec=infinity\n')
    for (const target of ['emergency', 'rescue']) {
      expect(readlinkSync(join(boot.dir, `units/${target}.target`))).toBe('/dev/null')
    }
  })

  test('a rehearsal comes back without a plan, without touching the loader', async () => {
    const args = `rd.upgrade.run=${RUN} rd.upgrade.image=${'b'.repeat(64)} rd.upgrade.rehearsal=1`
    expect((await booted({ shell, bare: true, args }).service()).code).toBe(0)
    expect(boot.result()).toMatchObject({ outcome: 'no-transaction', changed: false })
    expect(boot.steered()).toEqual([])
  })

  test('an entry that was not armed does nothing', async () => {
    expect((await booted({ shell, bare: true, args: 'quiet' }).service()).code).toBe(0)
    expect(boot.result()).toMatchObject({ outcome: 'not-armed', changed: false })
  })
})

describe('what fails before the first change leads back to the old system', () => {
  const refusal = async (options: BootOptions, prepare: (boot: UpgradeBoot) => void = () => undefined) => {
    prepare(booted(options))
    const { code, stdout } = await boot.service()
    expect(code, stdout).toBe(1)
    expect(boot.result()).toMatchObject({ outcome: 'failed', changed: false })
    expect(existsSync(join(boot.runDir, 'waiting'))).toBe(false)
    expect(stdout).toContain('the next boot is the old system')
    return boot.result()
  }

  test('armed without a plan', async () => {
    const args = `rd.upgrade.run=${RUN} rd.upgrade.image=${'b'.repeat(64)}`
    expect(await refusal({ bare: true, args })).toMatchObject({
      step: 'armed',
      message: 'rd.upgrade.plan is missing on the kernel command line',
    })
  })

  test('the one-shot is still pending', async () => {
    const result = await refusal({
      steer: 'if [ $sub = consumed ]; then echo "LoaderEntryOneShot is set" >&2; exit 1; fi',
    })
    expect(result).toMatchObject({ step: 'checks', message: expect.stringContaining('LoaderEntryOneShot is set') })
    expect(boot.steered()).toEqual(['consumed'])
  })

  test('another plan than the armed one', async () => {
    const result = await refusal({}, (one) => writeFileSync(join(one.state, 'plan.sums'), `${one.read('plan.sums')}\n`))
    expect(result).toMatchObject({ step: 'checks', message: expect.stringContaining('not the one that was armed') })
  })

  test.each([
    ['changed', (file: string) => writeFileSync(file, 'x'), 'plan.json: FAILED'],
    ['missing', (file: string) => rmSync(file), 'plan.json'],
  ])('a file of the plan is %s', async (_, spoil, message) => {
    const result = await refusal({}, (one) => spoil(join(one.state, 'plan.json')))
    expect(result).toMatchObject({ step: 'checks', message: expect.stringContaining(message) })
  })

  test('the recovery entry can not be made: what was begun of it is taken back', async () => {
    const result = await refusal({ steer: 'if [ $sub = recovery ]; then echo "/boot is full" >&2; exit 1; fi' })
    expect(result).toMatchObject({ step: 'recovery', message: expect.stringContaining('/boot is full') })
    expect(boot.steered()).toEqual(['consumed', 'recovery', 'restore'])
  })

  test.each([
    [20, 'was not begun'],
    [22, 'something else than the plan'],
    [1, 'ended with code 1'],
  ])('the transaction ends with %i', async (code, message) => {
    const transaction = `echo '{"event":"failed","text":"because \\"x\\"","changed":false}' >&3; exit ${code}`
    const result = await refusal({ transaction })
    expect(result).toMatchObject({ step: 'transaction', message: expect.stringContaining(message) })
    expect(result.message).toContain('because "x"')
    expect(boot.steered()).toEqual(['consumed', 'recovery', 'restore'])
  })

  test('a transaction that hangs is ended', async () => {
    booted({ transaction: 'sleep 60' })
    const guard = join(boot.lib, 'guard.sh')
    writeFileSync(guard, readFileSync(guard, 'utf8').replace('transaction) printf 3600', 'transaction) printf 1'))
    const { code, stdout } = await boot.service()
    expect(code, stdout).toBe(null)
    expect(boot.result()).toMatchObject({ outcome: 'failed', changed: false, step: 'transaction' })
    expect(boot.result().message).toContain('did not end within')
    expect(boot.steered()).toEqual(['consumed', 'recovery', 'restore'])
  })

  test('an old default that can not be restored: the next boot is said to be the recovery', async () => {
    const { stdout } = await booted({ transaction: 'exit 20', steer: '[ $sub != restore ]' }).service()
    expect(stdout).toContain('the next boot is the recovery environment')
  })
})

test('what an older upgrade left is not taken for this one', async () => {
  booted({ transaction: 'exit 20' })
  writeFileSync(join(boot.state, 'changed'), 'run r0\nplan 0000\n')
  writeFileSync(join(boot.state, 'progress.jsonl'), '{"event": "first-change"}\n')
  await boot.service()
  expect(boot.result()).toMatchObject({ outcome: 'failed', changed: false, step: 'transaction' })
  expect(existsSync(join(boot.state, 'changed'))).toBe(false)
})

describe('once a package has changed', () => {
  const failing = `${TRANSACTION}\n[ -e "$UPGRADE_ROOT/mended" ] || { echo "disk full"; exit 21; }`

  test('a failure leaves the machine waiting; resume goes on to the end', async () => {
    const running = booted({ transaction: failing }).start()
    await boot.waiting()
    expect(boot.result()).toMatchObject({ outcome: 'failed', changed: true, step: 'transaction' })
    expect(boot.result()).toMatchObject({
      message: 'the transaction failed: disk full',
      lines: ['dnf: upgrade', 'disk full'],
    })
    expect(boot.call('bin/upgrade-status').stdout).toMatch(
      /^phase: waiting\nwaiting: yes\nchanged: yes\nrecovery: no\n/,
    )
    expect(boot.read('changed')).toContain('failed transaction: the transaction failed: disk full')
    writeFileSync(join(boot.root, 'mended'), '')
    expect(boot.call('bin/upgrade-resume')).toMatchObject({ code: 0, stdout: 'upgrade-resume: accepted\n' })
    const { code, stdout } = await running.ended
    expect(code, stdout).toBe(0)
    expect(stdout).toContain('dnf: resume')
    expect(boot.steered()).toEqual(['consumed', 'recovery'])
    expect(boot.result()).toMatchObject({ outcome: 'first-boot', changed: true })
    expect(boot.read('changed')).not.toContain('failed')
  })

  test('a final step that fails waits too, and reboot leads to the recovery environment', async () => {
    const running = booted({ finish: 'exit 3' }).start()
    await boot.waiting()
    expect(boot.result()).toMatchObject({
      outcome: 'failed',
      changed: true,
      step: 'finish',
      message: 'ended with exit code 3',
    })
    expect(boot.call('bin/upgrade-reboot').code).toBe(0)
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout).toContain('rebooting into the recovery environment')
    expect(boot.result()).toMatchObject({ outcome: 'failed', changed: true })
  })

  test('no emergency comes while a resumed boot of the recovery works, either', async () => {
    const first = booted({ transaction: failing }).start()
    await boot.waiting()
    boot.call('bin/upgrade-reboot')
    await first.ended
    boot.reset('rd.upgrade.recovery=1')
    rmSync(join(boot.dir, 'units'), { recursive: true, force: true })
    const second = boot.start()
    await boot.waiting()
    expect(existsSync(join(boot.dir, 'units/emergency.target'))).toBe(false)
    writeFileSync(join(boot.root, 'mended'), '')
    boot.call('bin/upgrade-resume')
    expect((await second.ended).code).toBe(0)
    expect(readlinkSync(join(boot.dir, 'units/emergency.target'))).toBe('/dev/null')
  })

  test('a time limit does not count any more', async () => {
    booted({ transaction: `${TRANSACTION}\nsleep 3` })
    const guard = join(boot.lib, 'guard.sh')
    writeFileSync(guard, readFileSync(guard, 'utf8').replace('transaction) printf 3600', 'transaction) printf 1'))
    expect((await boot.service()).code).toBe(0)
  })

  test('a package manager that is killed counts as a failure after the first change', async () => {
    const running = booted({ transaction: `${TRANSACTION}\nkill -9 $$` }).start()
    await boot.waiting()
    expect(boot.result()).toMatchObject({ changed: true, message: expect.stringContaining('ended with code 137') })
    boot.call('bin/upgrade-reboot')
    await running.ended
  })

  test('a service that is killed reboots into the recovery environment and restores no default', async () => {
    booted({ transaction: `${TRANSACTION}\nkill -9 $UPGRADE_MAIN` })
    const upgrade = join(boot.lib, 'upgrade')
    writeFileSync(
      upgrade,
      readFileSync(upgrade, 'utf8').replace('attempt\n', () => 'UPGRADE_MAIN=$$; export UPGRADE_MAIN; attempt\n'),
    )
    const { code, stdout } = await boot.service()
    expect(code).toBe(null)
    expect(stdout).toContain('the next boot is the recovery environment')
    expect(boot.result()).toMatchObject({ outcome: 'failed', changed: true })
    expect(boot.steered()).toEqual(['consumed', 'recovery'])
  })

  test('an order that makes no sense now is refused', async () => {
    booted()
    expect(boot.call('bin/upgrade-resume')).toMatchObject({ code: 1, stderr: expect.stringContaining('not waiting') })
    await boot.service()
    boot.reset('rd.upgrade.recovery=1')
    const running = boot.start()
    await boot.waiting()
    rmSync(join(boot.state, 'plan.sums'))
    expect(boot.call('bin/upgrade-resume')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('plan.sums is gone'),
    })
    boot.call('bin/upgrade-reboot')
    await running.ended
  })
})
