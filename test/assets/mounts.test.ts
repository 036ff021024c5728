import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mountBundle } from '../../src/tasks/upgrade/mounts/bundle.ts'

const DRACUT = fileURLToPath(new URL('../../assets/dracut/', import.meta.url))
const MODULE = join(DRACUT, '85sys-upgrade-redhat')
const FSTAB = [
  '# made by hand',
  'LABEL=root / ext4 defaults 0 1',
  '/dev/gone-var   /var\text4 defaults 0 2',
  '/dev/gone-a /srv/a\\040b ext4 nofail,x-systemd.device-timeout=70 0 0',
  '/srv/x /opt none bind 0 0',
]

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mounts-'))
  for (const name of ['bin', 'lib', 'run', 'image']) mkdirSync(join(dir, name))
  mkdirSync(join(dir, 'sysroot/var/lib/upgrade-push'), { recursive: true })
  mkdirSync(join(dir, 'sysroot/etc'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const path = (name: string) => join(dir, name)
const text = (name: string) => readFileSync(path(name), 'utf8')

function tool(name: string, body: string): void {
  writeFileSync(path(`bin/${name}`), `#!/bin/sh\n${body}\n`)
  chmodSync(path(`bin/${name}`), 0o755)
}

function run(shell: string, script: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(shell, [script, ...args], {
    encoding: 'utf8',
    env: { PATH: `${path('bin')}:${process.env.PATH}`, LC_ALL: 'C', ...env },
  })
  return { code: status, stdout, stderr }
}

function unpack(bundle: string) {
  writeFileSync(path('bundle'), bundle)
  const script = `. ${MODULE}/mounts/install.sh; unpack_bundle "$1" "$2"`
  return spawnSync('bash', ['-c', script, 'sh', path('bundle'), path('image')], { encoding: 'utf8' }).status
}

describe('the bundle of mount units', () => {
  test('is taken apart into the files that it was made of', () => {
    const bundle = mountBundle(FSTAB, new Set(), false)
    expect(unpack(bundle.text)).toBe(0)
    for (const unit of bundle.units) expect(text(`image/etc/systemd/system/${unit}`)).toContain('[Unit]\n')
    expect(text('image/etc/systemd/system/sysroot-srv-a\\x20b.mount')).toContain('Where=/sysroot/srv/a b\n')
    expect(text('image/etc/systemd/system/dev-gone\\x2da.device.d/50-upgrade.conf')).toContain('=70\n')
    expect(text('image/usr/lib/upgrade-push/mounts').split('\n')).toHaveLength(4)
  })

  test.each([
    ['', 'nothing'],
    ['[Unit]\n', 'text before the first file'],
    ['### etc/passwd\nx\n', 'a file of another place'],
    ['### etc/systemd/system/../../x\nx\n', 'a path that leads elsewhere'],
  ])('%j is refused: %s', (bundle) => {
    expect(unpack(bundle)).not.toBe(0)
  })
})

describe.each(['dash', 'bash'])('the step that verifies the tree, under %s', (shell) => {
  const prepare = (
    mounted: readonly string[],
    fstab = FSTAB,
    bundle = mountBundle(FSTAB, new Set(), false).text,
  ): void => {
    unpack(bundle)
    for (const name of ['mounts', 'fstab'])
      copyFileSync(path(`image/usr/lib/upgrade-push/${name}`), path(`lib/${name}`))
    cpSync(join(DRACUT, '90sys-upgrade'), path('lib'), { recursive: true })
    writeFileSync(path('sysroot/etc/fstab'), `${fstab.join('\n')}\n`)
    writeFileSync(path('cmdline'), 'quiet\n')
    writeFileSync(path('consoles'), '')
    const points = mounted.map((point) => `"${path('sysroot')}${point}"`).join(' | ')
    tool('mountpoint', `case $2 in ${points || '-'}) exit 0 ;; *) exit 1 ;; esac`)
    tool('systemctl', 'exit 1')
    tool(
      'journalctl',
      'echo "Mounting things"; echo "mount: /sysroot/opt: special device does not exist."; echo Failed',
    )
  }
  const go = (env: Record<string, string> = {}) =>
    run(shell, join(MODULE, 'steps/20-mounts'), [], {
      ...env,
      STEP: 'mounts',
      UPGRADE_LIB: path('lib'),
      UPGRADE_ROOT: path('sysroot'),
      UPGRADE_RUN_DIR: path('run'),
      UPGRADE_CMDLINE: path('cmdline'),
      UPGRADE_CONSOLES: path('consoles'),
    })
  const failure = () => text('run/failure').replaceAll(dir, '')

  test('all is mounted: the state can be written, and what to unmount is noted', () => {
    prepare(['/var', '/srv/a b', '/opt'])
    const { code, stderr } = go()
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(existsSync(path('run/writable'))).toBe(true)
    expect(text('run/mounted').replaceAll(path('sysroot'), '')).toBe('/opt\n/var\n/srv/a b\n')
  })

  test('a needed device that is gone is named with its mount point, and the state is not written under it', () => {
    prepare(['/opt', '/srv/a b'])
    expect(go().code).toBe(1)
    expect(failure()).toBe('mounts\n/var is not mounted: its device /dev/gone-var did not appear within 180 seconds\n')
    expect(existsSync(path('run/writable'))).toBe(false)
  })

  test('an optional one is left out by name', () => {
    prepare(['/var', '/opt'])
    const { code, stdout } = go()
    expect(code).toBe(0)
    expect(stdout).toContain(
      '/srv/a b is not mounted: its device /dev/gone-a did not appear within 70 seconds; going on',
    )
  })

  test('one that was mounted where packages write is waited for and needed, whatever its nofail says', () => {
    const fstab = ['/dev/gone-opt /opt ext4 nofail 0 0']
    const went = (mounted: readonly string[]) => {
      prepare([], fstab, mountBundle(fstab, new Set(mounted), false).text)
      const env = { UPGRADE_MOUNTS: path('lib/mounts'), UPGRADE_NOTES: path('notes'), UPGRADE_KMSG: path('kmsg') }
      return [run(shell, join(MODULE, 'mounts/wait-devices.sh'), [], env).code, go().code]
    }
    expect(went([])).toEqual([0, 0])
    expect(went(['/opt'])).toEqual([1, 1])
    expect(failure()).toBe('mounts\n/opt is not mounted: its device /dev/gone-opt did not appear within 180 seconds\n')
  })

  test('a mount that failed is told in its own words; the state is there and is written', () => {
    prepare(['/var'])
    expect(go().code).toBe(1)
    expect(failure()).toBe('mounts\n/opt is not mounted: mount: /sysroot/opt: special device does not exist.\n')
    expect(existsSync(path('run/writable'))).toBe(true)
  })

  test('a mount that was not even tried', () => {
    prepare(['/var'])
    tool('journalctl', 'exit 0')
    expect(go().code).toBe(1)
    expect(failure()).toContain('its unit sysroot-opt.mount for /sysroot/srv/x was not started')
  })

  test('a file system whose check failed', () => {
    const fstab = ['/dev/null /var ext4 defaults 0 2']
    prepare([], fstab)
    writeFileSync(path('lib/mounts'), 'needed\tsysroot-var.mount\t/var\t/img\t-\t120\tsystemd-fsck@dev-null.service\n')
    tool('systemctl', 'exit 0')
    expect(go().code).toBe(1)
    expect(failure()).toBe('mounts\n/var is not mounted: the check of its file system on /img failed\n')
  })

  test('fstab that was changed since stops the upgrade; spaces and comments are no change', () => {
    prepare(['/var', '/srv/a b', '/opt'], FSTAB.map((line) => `  ${line.replaceAll(' ', '\t ')}`).concat('# new'))
    expect(go().code).toBe(0)
    prepare(['/var', '/srv/a b', '/opt'], [...FSTAB, '/dev/new /new ext4'])
    expect(go().code).toBe(1)
    expect(failure()).toContain('fstab was changed since the image was made')
    writeFileSync(path('cmdline'), 'rd.upgrade.recovery=1\n')
    expect(go().code).toBe(0)
  })

  test('a later attempt starts what is missing once more', () => {
    prepare(['/var', '/srv/a b'])
    tool('systemctl', `[ "$1" != start ] || : >'${path('started')}'`)
    tool('mountpoint', `case $2 in */opt) [ -e '${path('started')}' ] ;; esac`)
    expect(go().code).toBe(1)
    expect(go({ UPGRADE_RESUME: '1' }).code).toBe(0)
  })

  describe('a device that came after systemd had given up waiting for it', () => {
    const begin = (failed = '') => {
      prepare(['/opt'], [])
      writeFileSync(path('sysroot/etc/fstab'), readFileSync(path('lib/fstab')))
      // A block device that is there wherever this runs.
      const disk = existsSync('/dev/vda') ? '/dev/vda' : '/dev/loop0'
      writeFileSync(
        path('lib/mounts'),
        `needed\tbind.mount\t/opt\t/x\t-\t180\t-\nneeded\tvar.mount\t/var\t${disk}\t${disk}\t60\tcheck.service\n`,
      )
      tool(
        'systemctl',
        `case $* in
          'start '*) echo "$2" >>'${path('started')}' ;;
          *is-failed*) case ' ${failed} ' in *" $3 "*) exit 0 ;; *) exit 1 ;; esac ;;
        esac`,
      )
      tool(
        'mountpoint',
        `case $2 in */var) grep -qx var.mount '${path('started')}' ;; */opt) grep -qx bind.mount '${path('started')}' ;; esac`,
      )
    }
    const started = () => (existsSync(path('started')) ? text('started') : '')

    test('is mounted now, and so is what lies on it', () => {
      begin()
      const { code, stdout } = go()
      expect(stdout).toMatch(/its device \S+ is there: trying now\n[\s\S]*\/var is mounted/)
      expect([code, started()]).toEqual([0, 'var.mount\nbind.mount\n'])
    })

    test.each(['var.mount', 'check.service'])('is not tried again where %s has failed', (unit) => {
      begin(unit)
      expect([go().code, started()]).toEqual([1, ''])
    })
  })

  test('another system: no directory of ours', () => {
    prepare(['/var', '/srv/a b', '/opt'])
    rmSync(path('sysroot/var/lib/upgrade-push'), { recursive: true })
    expect(go().code).toBe(1)
    expect(failure()).toContain('this is not the system on which the upgrade was prepared')
  })
})

describe.each(['dash', 'bash'])('the wait for devices, under %s', (shell) => {
  const wait = (list: string) => {
    writeFileSync(path('mounts'), list)
    return run(shell, join(MODULE, 'mounts/wait-devices.sh'), [], {
      UPGRADE_MOUNTS: path('mounts'),
      UPGRADE_NOTES: path('notes'),
      UPGRADE_KMSG: path('kmsg'),
    }).code
  }

  test('goes on as long as a needed device is missing, and says so once', () => {
    const list = 'needed\tu\t/var\t/dev/gone\t/dev/gone\t120\t-\n'
    expect([wait(list), wait(list)]).toEqual([1, 1])
    expect(text('kmsg')).toBe('upgrade-push: waiting for /dev/gone, which holds /var\n')
  })

  test('ends after its time', () => {
    writeFileSync(path('notes'), '-150\n')
    expect(wait('needed\tu\t/var\t/dev/gone\t/dev/gone\t300\t-\n')).toBe(0)
  })

  test('does not wait for what is optional or no device', () => {
    expect(wait('optional\tu\t/a\t/dev/gone\t/dev/gone\t60\t-\nneeded\tu\t/b\t/sysroot/x\t-\t120\t-\n')).toBe(0)
    expect(wait('')).toBe(0)
  })
})
