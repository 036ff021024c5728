import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BootOptions, RUN, UpgradeBoot } from './upgrade-boot.ts'

const DECODER = fileURLToPath(new URL('../../assets/inband-decode.sh', import.meta.url))

let boot: UpgradeBoot
const booted = (options: BootOptions = {}) => {
  boot = new UpgradeBoot(options)
  return boot
}
afterEach(() => boot.remove())

/** A file in place of a terminal: the scripts write to /dev/NAME. */
const console = () => {
  const file = join(boot.dir, 'console')
  writeFileSync(file, '')
  writeFileSync(join(boot.dir, 'consoles'), `..${file} -W- (EC p )\n`)
  return file
}
const decode = (log: string) => {
  const file = join(boot.dir, 'captured.log')
  writeFileSync(file, log)
  return spawnSync(DECODER, [file], { encoding: 'utf8' })
}

describe('the in-band records', () => {
  test('come out of a noisy console log as they were', async () => {
    booted({ args: 'rd.upgrade.inband=always' })
    const file = console()
    expect((await boot.service()).code).toBe(0)
    const log = readFileSync(file, 'utf8')
    expect(log).toMatch(/^upgrade-push: \S+ finish rebooting into the new system\r$/m)
    // Every third line loses a byte in one copy only; kernel messages come in between.
    const noisy = log
      .split('\n')
      .map((line, at) =>
        line.startsWith('_upi:2') && at % 3 === 0 ? line.replace(/([A-Za-z0-9])\|\r$/, '!|\r') : `[   1.2] ${line}`,
      )
      .join('\n')
    const { status, stdout, stderr } = decode(noisy)
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('### journal\na line of the journal\n')
    expect(stdout).toContain(`"run": "${RUN}"`)
    expect(stdout).toContain('"outcome": "first-boot"')
  })

  test('on error only', async () => {
    booted({ args: 'rd.upgrade.inband=onerror' })
    const good = console()
    await boot.service()
    expect(readFileSync(good, 'utf8')).not.toContain('_upi:')
    boot.remove()
    booted({ args: 'rd.upgrade.inband=onerror', transaction: 'exit 20' })
    const bad = console()
    await boot.service()
    expect(decode(readFileSync(bad, 'utf8')).stdout).toContain('"outcome": "failed"')
  })

  test('a log without them, and one that is beyond help, are told apart', async () => {
    booted({ args: 'rd.upgrade.inband=always' })
    const file = console()
    await boot.service()
    expect(decode('nothing\n')).toMatchObject({ status: 1, stderr: expect.stringContaining('holds no dump') })
    const without = readFileSync(file, 'utf8').replace(/^_upi:\d\/3\|2:.*$/gm, '')
    expect(decode(without)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no copy of these lines is whole: 2'),
    })
  })
})

test('a console that takes nothing of the records keeps nobody from going on', async () => {
  const running = booted({ args: 'rd.upgrade.inband=onerror', finish: '[ -e "$UPGRADE_ROOT/mended" ]' })
  const stuck = join(boot.dir, 'stuck')
  spawnSync('mkfifo', [stuck])
  writeFileSync(join(boot.dir, 'consoles'), `..${stuck} -W- (EC p )\n`)
  // Where the consoles' writers read their lines.
  writeFileSync(join(boot.runDir, 'console'), '')
  const service = running.start()
  await boot.waiting()
  writeFileSync(join(boot.root, 'mended'), '')
  expect(boot.call('bin/upgrade-resume')).toMatchObject({ code: 0 })
  expect((await service.ended).code).toBe(0)
})

test('the journal is saved before a slow console takes its time', async () => {
  booted({ transaction: 'exit 20' })
  const seen = join(boot.dir, 'seen')
  writeFileSync(
    join(boot.lib, 'inband'),
    `#!/bin/sh\ncat "$UPGRADE_ROOT/var/log/upgrade-push/initramfs.log" >${seen}\n`,
  )
  await boot.service()
  expect(readFileSync(seen, 'utf8')).toContain('a line of the journal')
})

describe('the writers of the consoles', () => {
  let writers: ChildProcess
  beforeEach(() => {
    booted()
    writeFileSync(join(boot.dir, 'consoles'), '')
  })
  afterEach(() => {
    process.kill(-(writers.pid as number), 'SIGKILL')
  })

  /** A console for each file, in the order of their names' age; they live until the end of the test. */
  async function start(...files: string[]): Promise<void> {
    writeFileSync(join(boot.dir, 'consoles'), files.map((file) => `..${file} -W- (EC p )\n`).join(''))
    const options = { env: boot.env, detached: true, stdio: 'ignore' } as const
    writers = spawn('sh', ['-c', `'${boot.lib}/console'; exec sleep 60`], options)
    await expect.poll(() => existsSync(join(boot.runDir, 'console'))).toBe(true)
  }

  test('a console that takes nothing stops nobody, and the others have every line in its order', async () => {
    const [good, stuck] = [join(boot.dir, 'good'), join(boot.dir, 'stuck')]
    writeFileSync(good, '')
    // Nobody reads it, so that even opening it waits.
    spawnSync('mkfifo', [stuck])
    await start(stuck, good)
    expect((await boot.service()).code).toBe(0)
    await expect
      .poll(() => readFileSync(good, 'utf8'), { timeout: 10_000 })
      .toMatch(/rebooting into the new system\r\n$/)
    const steps = readFileSync(good, 'utf8').trimEnd().split('\r\n')
    expect(steps.every((line) => line.startsWith('upgrade-push: '))).toBe(true)
    const times = steps.map((line) => Number(line.split(' ')[1]))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(steps[0]).toMatch(/start upgrade\.target reached$/)
  })
})

describe('the menu of a machine that waits', () => {
  const menu = (typed: string) =>
    spawnSync(join(boot.dir, 'lib/menu'), [], { encoding: 'utf8', input: typed, env: boot.env, timeout: 20_000 })

  test('shows the status and hands an order on', async () => {
    const running = booted({ finish: 'exit 1' }).start()
    await boot.waiting()
    const { stdout } = menu('status\nnonsense\nshell\nreboot\n')
    expect(stdout).toContain('Type one of: status, resume, reboot\n')
    expect(stdout).toContain('phase: waiting')
    expect(stdout).toContain('There is no "nonsense".')
    expect(stdout).toContain('rd.shell is off.')
    expect(stdout).toContain('upgrade-reboot: accepted')
    await running.ended
  })

  test.each(['rd.shell', 'rd.shell=1', 'rd.upgrade.break=failure'])('has a shell with %s', (args) => {
    booted({ args })
    expect(menu('').stdout).toContain('status, resume, reboot, shell')
  })
})

test('upgrade-follow prints from the line it is asked for, and takes only line numbers', () => {
  booted()
  writeFileSync(join(boot.runDir, 'progress.jsonl'), '{"a":1}\n{"a":2}\n{"a":3}\n')
  const follow = (n: string) =>
    spawnSync('timeout', ['1', join(boot.bin, 'upgrade-follow'), n], { encoding: 'utf8', env: boot.env })
  expect(follow('2').stdout).toBe('{"a":2}\n{"a":3}\n')
  expect(follow('0')).toMatchObject({ status: 2, stderr: expect.stringContaining('count from 1') })
})

describe('SELinux', () => {
  const enforce = () => readFileSync(join(boot.dir, 'enforce'), 'utf8').trim()
  const seen = 'cat "$UPGRADE_ENFORCE" >"$UPGRADE_ROOT/seen"'

  test.each([
    ['', '1', '0'],
    ['enforcing=0', '1', '0'],
    ['enforcing=1', '1', '1'],
    ['', '0', '0'],
  ])('with %j and %s before: %s while packages change, and as before in the end', async (args, before, during) => {
    booted({ args, finish: seen })
    writeFileSync(join(boot.dir, 'enforce'), before)
    expect((await boot.service()).code).toBe(0)
    expect(readFileSync(join(boot.root, 'seen'), 'utf8').trim()).toBe(during)
    expect(enforce()).toBe(before)
  })

  test('is as before when the upgrade failed, too', async () => {
    booted({ transaction: 'exit 20' })
    writeFileSync(join(boot.dir, 'enforce'), '1')
    await boot.service()
    expect(enforce()).toBe('1')
  })
})

describe('the generator', () => {
  const made = (args: string) => {
    booted({ args })
    const out = join(boot.dir, 'generated')
    expect(boot.call('lib/generator', [out]).code).toBe(0)
    return existsSync(out) ? readdirSync(out).sort() : []
  }
  const REPORTS = ['dracut-emergency', 'emergency', 'rescue'].map((name) => `${name}.service.d`)
  const TARGETS = ['emergency.target.d', 'rescue.target.d']

  test('leaves an ordinary boot alone', () => expect(made('')).toEqual([]))

  test('lifts all limits at a break point', () => {
    expect(made('rd.upgrade.break=leapp-pre-upgrade')).toEqual(
      [...REPORTS, ...TARGETS, 'upgrade.service.d', 'upgrade.target.d'].sort(),
    )
  })

  test('lets the recovery entry wait, but not hang on its way', () => {
    expect(made('rd.upgrade.recovery=1')).toEqual([...REPORTS, ...TARGETS, 'upgrade.target.d'].sort())
    expect(readFileSync(join(boot.dir, 'generated/upgrade.target.d/zz-upgrade.conf'), 'utf8')).toBe(
      '[Unit]\nJobTimeoutAction=none\n',
    )
  })

  test('gives records on a slow console an hour, not for ever', () => {
    expect(made('rd.upgrade.inband=onerror')).toEqual([...REPORTS, ...TARGETS, 'upgrade.service.d'].sort())
    expect(readFileSync(join(boot.dir, 'generated/upgrade.service.d/zz-upgrade.conf'), 'utf8')).toBe(
      '[Service]\nTimeoutStopSec=1h\n',
    )
  })
})
