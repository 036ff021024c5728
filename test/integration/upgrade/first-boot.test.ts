import { copyFileSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { release as runningKernel, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import type { MergedRequest } from '../../../src/tasks/upgrade/request.ts'
import { aRequest } from './a-request.ts'
import { NewRelease, NewRoot } from './new-root.ts'

const STATE = 'var/lib/upgrade-push'
const PROGRAM = '/bin/sh /usr/libexec/upgrade-push/upgrade-resume'

// The program as it is installed, in a root of the new release. There is no systemd here to start it: a virtual machine tries that.
describe('the program of the first boot', () => {
  let release: NewRelease
  let root: NewRoot
  let play: string
  beforeAll(async () => {
    release = await NewRelease.install()
    play = await mkdtemp(join(tmpdir(), 'upgrade-push-play-'))
  })
  afterEach(() => root.remove())
  afterAll(async () => {
    await release.remove()
    await rm(play, { recursive: true })
  })

  const script = (name: string, text: string) => {
    writeFileSync(join(play, name), text)
    return {
      value: { name, source: { kind: 'controller' as const, path: join(play, name) }, timeout: 60 },
      by: ['test'],
    }
  }
  /** A root on which the final steps have run, booted with the kernel that this machine has. */
  const booted = async (scripts: Partial<MergedRequest['scripts']> = {}, host = {}) => {
    root = await NewRoot.create(release)
    const files = createControllerFiles({ playbookDir: play, assetsDir: resolve('assets') })
    const request = { ...aRequest().request, scripts: { afterTransaction: [], firstBoot: [], ...scripts } }
    await root.stage(files, request, host)
    root.write('usr/bin/dracut', '#!/bin/sh\nfor last; do :; done\necho image >"$last"\n', 0o755)
    root.write(
      'usr/bin/lsinitrd',
      `#!/bin/sh\nprintf 'dracut modules:\\nbase\\n=====\\nlib/modules/${release.kernel}/\\n'\n`,
      0o755,
    )
    for (const name of [
      'plan.json',
      'plan.sums',
      'transaction.json',
      'progress.jsonl',
      'request.json',
      'lock/owner',
      'token',
    ]) {
      root.write(`${STATE}/${name}`, `${name}\n`)
    }
    for (const name of ['target/etc/x', 'packages/a.rpm', 'artifacts/vmlinuz', 'stage/dracut/90x/y', 'dnf/cache/z']) {
      root.write(`${STATE}/${name}`, 'x')
    }
    root.write('boot/vmlinuz-upgrade.x86_64', 'x')
    root.write('boot/vmlinuz-other', 'x')
    expect(await root.finish()).toMatchObject({ code: 0, failure: '' })
    root.write(
      `${STATE}/result.json`,
      `{\n  "version": 1,\n  "run": "r1",\n  "plan": "${'b'.repeat(64)}",\n  "outcome": "first-boot",\n  "phases": {"start": 12, "transaction": 99},\n  "finished_at": "x"\n}\n`,
    )
    root.write(`${STATE}/finished/kernel`, `${runningKernel()}\n`)
  }
  const run = () => root.inside(PROGRAM)
  const result = () => JSON.parse(root.read(`${STATE}/result.json`))
  const enabled = () =>
    lstatSync(join(root.dir, 'upper/etc/systemd/system/multi-user.target.wants/upgrade-resume.service'), {
      throwIfNoEntry: false,
    }) !== undefined

  test('the system that was meant to come up: the result, and nothing is left but that, the plan and the logs', async () => {
    await booted({ firstBoot: [script('10-app', 'echo "$UPGRADE_TO" >>/var/tmp/app\n')] })
    root.write(`${STATE}/finished/warnings`, 'service x "y" could not be enabled\n')
    expect(await run()).toMatchObject({ code: 0 })
    expect(result()).toMatchObject({
      version: 1,
      run: 'r1',
      image: 'a'.repeat(64),
      plan: 'b'.repeat(64),
      outcome: 'upgraded',
      changed: true,
      release: { from: '8.0', to: '9.0' },
      kernel: runningKernel(),
      phases: { start: 12, transaction: 99, 'resume-service': expect.any(Number) },
      step: null,
      warnings: ['service x "y" could not be enabled'],
      lines: [],
    })
    expect(root.read('var/tmp/app')).toBe('9.0\n')
    expect(readdirSync(join(root.dir, 'upper', STATE)).sort()).toEqual(['lock', 'result', 'result.json', 'token'])
    expect(readdirSync(join(root.dir, 'upper', STATE, 'result')).sort()).toEqual([
      'plan.json',
      'progress.jsonl',
      'warnings',
    ])
    expect(readdirSync(join(root.dir, 'upper/boot')).filter((name) => name.includes('vmlinuz'))).toEqual([
      'vmlinuz-other',
    ])
    expect(readdirSync(join(root.dir, 'upper/var/log/upgrade-push')).sort()).toContain('first-boot')
    expect(enabled()).toBe(false)
    for (const path of ['etc/systemd/system/upgrade-resume.service', 'usr/libexec/upgrade-push'])
      expect(root.has(path)).toBe(false)
  })

  test('another kernel than the new one: it says so, runs no script, and stays for the next boot', async () => {
    await booted({ firstBoot: [script('10-app', 'echo ran >>/var/tmp/app\n')] })
    root.write(`${STATE}/finished/kernel`, '6.99.0-new\n')
    expect(await run()).toMatchObject({ code: 1 })
    expect(result()).toMatchObject({
      outcome: 'first-boot-failed',
      step: 'kernel',
      message: expect.stringContaining(`the machine runs kernel ${runningKernel()}, not 6.99.0-new of release 9.0`),
    })
    expect(root.has('var/tmp/app')).toBe(false)
    expect([enabled(), root.has(`${STATE}/target/etc/x`)]).toEqual([true, true])
    // The next boot is the new kernel's.
    root.write(`${STATE}/finished/kernel`, `${runningKernel()}\n`)
    expect(await run()).toMatchObject({ code: 0 })
    expect(result()).toMatchObject({ outcome: 'upgraded', phases: { start: 12, transaction: 99 } })
    expect(root.read('var/tmp/app')).toBe('ran\n')
  })

  test('another release than the target', async () => {
    await booted()
    root.write('etc/os-release', 'VERSION_ID="8.0"\n')
    rmSync(join(root.dir, 'upper/usr/lib/os-release'), { force: true })
    expect(await run()).toMatchObject({ code: 1 })
    expect(result()).toMatchObject({
      outcome: 'first-boot-failed',
      step: 'release',
      message: 'this is release 8.0, not 9.0',
    })
  })

  test('scripts that fail, then and now: named with their last lines; started once more, only they run again', async () => {
    await booted({
      afterTransaction: [script('10-db', 'echo db >>/var/tmp/ran; test -e /var/tmp/mended\n')],
      firstBoot: [
        script('20-app', 'echo app >>/var/tmp/ran\n'),
        script('30-site', 'echo site >>/var/tmp/ran; echo no "route" to site; test -e /var/tmp/mended\n'),
      ],
    })
    expect(await run()).toMatchObject({ code: 1 })
    expect(result()).toMatchObject({
      outcome: 'first-boot-failed',
      step: 'scripts',
      message: expect.stringContaining('2 of the requested scripts failed: script 01-10-db (after-transaction)'),
      lines: [
        expect.stringMatching(/^script 01-10-db \(after-transaction\) failed with exit code 1: /),
        expect.stringMatching(/^script 02-30-site \(first-boot\) failed with exit code 1: .*no route to site$/),
      ],
    })
    expect([enabled(), root.has('etc/systemd/system/upgrade-resume.service')]).toEqual([false, true])
    root.write('var/tmp/mended', '')
    expect(await run()).toMatchObject({ code: 0 })
    expect(result()).toMatchObject({ outcome: 'upgraded', lines: [] })
    expect(root.read('var/tmp/ran')).toBe('db\napp\nsite\ndb\nsite\n')
  })

  test('a boot that a power cut ended: the next one goes on with its own scripts, and not with those of before', async () => {
    await booted({
      afterTransaction: [script('10-db', 'echo db >>/var/tmp/ran; exit 1\n')],
      firstBoot: [
        script(
          '20-cut',
          'echo cut >>/var/tmp/ran; [ ! -e /var/tmp/cut ] || exit 0\n' +
            ': >/var/tmp/cut; read -r _ _ _ program _ </proc/$PPID/stat; kill -9 "$program"\n',
        ),
      ],
    })
    expect((await run()).code).not.toBe(1)
    expect(enabled()).toBe(true)
    expect(await run()).toMatchObject({ code: 1 })
    expect(root.read('var/tmp/ran')).toBe('db\ncut\ncut\n')
    // Now a person starts it.
    expect(enabled()).toBe(false)
    expect(await run()).toMatchObject({ code: 1 })
    expect(root.read('var/tmp/ran')).toBe('db\ncut\ncut\ndb\n')
  })

  test('cut off before the service of failed scripts is disabled: the result says already what failed', async () => {
    await booted({ firstBoot: [script('10-app', 'exit 1\n')] })
    copyFileSync(join(release.root, 'usr/bin/rm'), join(root.dir, 'upper/usr/bin/rm.real'))
    root.write(
      'usr/bin/rm',
      '#!/bin/sh\ncase "$*" in *wants/upgrade-resume.service) kill -9 $PPID; exit ;; esac\nexec rm.real "$@"\n',
      0o755,
    )
    expect((await run()).code).toBeGreaterThan(1)
    expect([enabled(), result().outcome, result().step]).toEqual([true, 'first-boot-failed', 'scripts'])
    root.write('usr/bin/rm', '#!/bin/sh\nexec rm.real "$@"\n', 0o755)
    expect(await run()).toMatchObject({ code: 1 })
    expect(enabled()).toBe(false)
  })

  test('the power went away in the last steps of the boot loader: they are done again before anything is removed', async () => {
    await booted()
    root.write(`${STATE}/boot/before`, 'unset\n')
    root.write(`${STATE}/boot/steer`, `#!/bin/sh\necho 'steer: /boot is read-only' >&2\nexit 1\n`, 0o700)
    expect(await run()).toMatchObject({ code: 1 })
    expect(result()).toMatchObject({
      outcome: 'first-boot-failed',
      step: 'loader',
      message: 'the boot loader could not be left as it must be: steer: /boot is read-only',
    })
    expect([enabled(), root.has('boot/vmlinuz-upgrade.x86_64')]).toEqual([true, true])
    root.write(`${STATE}/boot/steer`, '#!/bin/sh\necho "$*" >/var/tmp/steered\n', 0o700)
    expect(await run()).toMatchObject({ code: 0 })
    expect(root.read('var/tmp/steered')).toBe(
      `finish ${runningKernel()} /${STATE}/finish/args-add /${STATE}/finish/args-remove\n`,
    )
    expect(result().outcome).toBe('upgraded')
  })

  test('SELinux is enforcing again once everything is labelled, not before', async () => {
    await booted({}, { selinux: 'enforcing' })
    root.write('etc/selinux/config', '#SELINUX=permissive\nSELINUX=permissive\n')
    expect(await run()).toMatchObject({ code: 1 })
    expect(result()).toMatchObject({ outcome: 'first-boot-failed', step: 'selinux' })
    expect(root.read('etc/selinux/config')).toContain('\nSELINUX=permissive')
    // What the boot in between does.
    rmSync(join(root.dir, 'upper/.autorelabel'))
    expect(await run()).toMatchObject({ code: 0 })
    expect(root.read('etc/selinux/config')).toBe('#SELINUX=permissive\nSELINUX=enforcing\n')
  })

  test.each([
    ['while the products are removed', '*upgrade-push/target*', 'first-boot'],
    ['after the result was written', '*upgrade-push/finish', 'upgraded'],
    ['before the service is removed', '*system/upgrade-resume.service*', 'upgraded'],
  ])('cut off %s, the next boot ends it', async (_, pattern, outcome) => {
    await booted()
    copyFileSync(join(release.root, 'usr/bin/rm'), join(root.dir, 'upper/usr/bin/rm.real'))
    root.write(
      'usr/bin/rm',
      `#!/bin/sh\ncase "$*" in ${pattern}) kill -9 $PPID; exit ;; esac\nexec rm.real "$@"\n`,
      0o755,
    )
    expect((await run()).code).not.toBe(0)
    expect(result().outcome).toBe(outcome)
    expect(enabled()).toBe(true)
    root.write('usr/bin/rm', '#!/bin/sh\nexec rm.real "$@"\n', 0o755)
    expect(await run()).toMatchObject({ code: 0 })
    expect(result().outcome).toBe('upgraded')
    expect(readdirSync(join(root.dir, 'upper', STATE)).sort()).toEqual(['lock', 'result', 'result.json', 'token'])
    for (const path of ['etc/systemd/system/upgrade-resume.service', 'usr/libexec/upgrade-push'])
      expect(root.has(path)).toBe(false)
  })
})
