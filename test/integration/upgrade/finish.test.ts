import { copyFileSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import type { Asked, MergedRequest } from '../../../src/tasks/upgrade/request.ts'
import { aRequest } from './a-request.ts'
import { NewRelease, NewRoot } from './new-root.ts'

const asked = <T>(...values: T[]): Asked<T>[] => values.map((value) => ({ value, by: ['test'] }))

// The real parts, in a root of the new release, with its real dracut, lsinitrd, depmod, rpm and systemctl.
describe('the final steps in the new root', () => {
  let release: NewRelease
  let root: NewRoot
  let play: string
  beforeAll(async () => {
    release = await NewRelease.install()
    play = await mkdtemp(join(tmpdir(), 'upgrade-push-play-'))
    mkdirSync(join(play, '70site'))
    writeFileSync(
      join(play, '70site/module-setup.sh'),
      'check() { return 255; }\ndepends() { :; }\ninstall() { inst_simple "$moddir/site.conf" /etc/in-image.conf; }\n',
    )
    writeFileSync(join(play, '70site/site.conf'), 'site\n')
    copyFileSync(join(release.moreDrivers(), 'dummy.ko.xz'), join(play, 'dummy.ko.xz'))
  })
  afterEach(() => root.remove())
  afterAll(async () => {
    await release.remove()
    await rm(play, { recursive: true })
  })

  const files = () => createControllerFiles({ playbookDir: play, assetsDir: resolve('assets') })
  const script = (name: string, text: string, timeout = 60) => {
    writeFileSync(join(play, name), text)
    return { name, source: { kind: 'controller' as const, path: join(play, name) }, timeout }
  }
  const given = async (parts: Partial<MergedRequest>, host = {}) => {
    root = await NewRoot.create(release)
    await root.stage(files(), { ...aRequest().request, ...parts }, host)
  }
  const image = () => root.inside(`lsinitrd /boot/initramfs-${release.kernel}.img`)

  test('nothing asked for: an initramfs is built once, the loader is steered last, the first boot is prepared', async () => {
    await given({})
    const { code, output } = await root.finish()
    expect([code, output]).toEqual([0, expect.stringContaining(`kernel ${release.kernel} is the default`)])
    const built = statSync(join(root.dir, 'upper/boot', `initramfs-${release.kernel}.img`))
    expect(built.mode & 0o777).toBe(0o600)
    expect((await image()).output).toContain(`usr/lib/modules/${release.kernel}/`)
    expect(root.read('var/lib/upgrade-push/steered').split('\n').at(-2)).toBe(
      `finish ${release.kernel} /var/lib/upgrade-push/finish/args-add /var/lib/upgrade-push/finish/args-remove`,
    )
    expect(root.has('usr/libexec/upgrade-push/upgrade-resume')).toBe(true)
    const enabled = await root.inside('SYSTEMD_OFFLINE=1 systemctl is-enabled upgrade-resume.service')
    expect(enabled.output).toBe('enabled\n')
    expect(root.has('.autorelabel')).toBe(false)

    const again = await root.finish()
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('is built already')])
  })

  test('modules, drivers and files of requests are in the new system’s own initramfs', async () => {
    await given({
      target: {
        dracutModules: asked({ name: 'site', source: { kind: 'controller', path: join(play, '70site') } }),
        kernelModules: asked<MergedRequest['target']['kernelModules'][number]['value']>(
          { name: 'dummy', source: { kind: 'controller', path: join(play, 'dummy.ko.xz') } },
          { name: 'vfat', source: { kind: 'container' } },
        ),
        includeFiles: asked('/etc/two words.conf', '/usr/bin/cksum'),
        kernelArgs: { add: [], remove: [] },
      },
    })
    root.write('etc/two words.conf', 'x\n')
    const { code, output } = await root.finish()
    expect([code, output]).toEqual([0, expect.anything()])
    const listing = (await image()).output
    expect(listing).toMatch(/^site$/m)
    for (const path of ['etc/in-image.conf', 'etc/two words.conf', 'usr/bin/cksum', 'extra/upgrade-push/dummy.ko']) {
      expect(listing).toContain(path)
    }
    expect(listing).toContain('/vfat.ko')
  })

  test('a driver that only the container has comes from there', async () => {
    await given({
      target: {
        ...aRequest().request.target,
        kernelModules: asked({ name: 'dummy', source: { kind: 'container' as const } }),
      },
    })
    const place = join(root.dir, 'upper/var/lib/upgrade-push/target/usr/lib/modules', release.kernel, 'extra')
    mkdirSync(place, { recursive: true })
    copyFileSync(join(play, 'dummy.ko.xz'), join(place, 'dummy.ko.xz'))
    const { code, output } = await root.finish()
    expect([code, output]).toEqual([0, expect.stringContaining('driver dummy.ko.xz added')])
    expect((await image()).output).toContain('extra/upgrade-push/dummy.ko')
  })

  test('what can not be had stops the upgrade with dracut’s reason, and a resume goes on when it is mended', async () => {
    await given({
      target: {
        ...aRequest().request.target,
        kernelModules: asked({ name: 'nodriver', source: { kind: 'container' as const } }),
      },
    })
    const { code, failure } = await root.finish()
    expect(code).toBe(1)
    expect(failure).toMatch(/^finish\nimage: .*nodriver/)
    expect(root.read('var/lib/upgrade-push/steered')).not.toContain('finish')
    root.write('var/lib/upgrade-push/finish/image-drivers', '')
    expect(await root.finish()).toMatchObject({ code: 0, failure: '' })
  })

  test('a kernel of the old release is not taken for the new one', async () => {
    await given({}, { kernels: [release.kernel] })
    const { code, failure } = await root.finish()
    expect([code, failure]).toEqual([
      1,
      `finish\nkernel: no kernel of release 9.0 is installed; installed are: ${release.kernel}\n`,
    ])
  })

  describe('without a new initramfs', () => {
    // What is tried here comes before and after the image, which is there already.
    const quick = async (parts: Partial<MergedRequest>, host = {}) => {
      await given(parts, host)
      root.write('usr/bin/dracut', '#!/bin/sh\nfor last; do :; done\necho image >"$last"\n', 0o755)
      root.write(
        'usr/bin/lsinitrd',
        `#!/bin/sh\nprintf 'dracut modules:\\nbase\\n=====\\nlib/modules/${release.kernel}/\\n'\n`,
        0o755,
      )
    }

    test('scripts run in their order, each until it has succeeded once, bounded, and one that fails keeps nobody from going on', async () => {
      const note = (text: string) => `echo ${text} >>/var/tmp/ran\n`
      await quick({
        scripts: {
          afterTransaction: asked(
            script('10-first', `#!/bin/sh\n${note('first $UPGRADE_FROM $UPGRADE_TO $UPGRADE_KERNEL')}`),
            script('20-fails', `${note('fails')}echo no database; exit 3\n`),
            script('30-hangs', `${note('hangs')}sleep 100\n`, 1),
            script('40-last', note('last')),
          ),
          firstBoot: [],
        },
      })
      const { code, output, failure } = await root.finish()
      expect([code, failure]).toEqual([0, ''])
      expect(root.read('var/tmp/ran')).toBe(`first 8.0 9.0 ${release.kernel}\nfails\nhangs\nlast\n`)
      expect(output).toContain('script 02-20-fails (after-transaction) failed with exit code 3: ')
      expect(output).toContain('| no database')
      expect(output).toContain('script 03-30-hangs (after-transaction) was stopped after 1 seconds')
      expect(root.read('var/log/upgrade-push/after-transaction/02-20-fails.log')).toContain('no database')
      // As a resume does after a crash: what succeeded is not run again.
      expect(await root.finish()).toMatchObject({ code: 0, failure: '' })
      expect(root.read('var/tmp/ran').split('\n').slice(4)).toEqual(['fails', 'hangs', ''])
    })

    test('services are enabled and disabled; one that does not exist is a warning', async () => {
      await quick({
        services: { enable: asked('nothere.service', 'systemd-networkd.service'), disable: asked('ssh.service') },
      })
      await root.inside('SYSTEMD_OFFLINE=1 systemctl enable ssh.service')
      const { code, output, failure } = await root.finish()
      expect([code, failure]).toEqual([0, ''])
      const states = await root.inside('SYSTEMD_OFFLINE=1 systemctl is-enabled systemd-networkd.service ssh.service')
      expect(states.output).toBe('enabled\ndisabled\n')
      expect(output).toContain('warning: service nothere.service could not be enabled: ')
      await root.finish()
      expect(root.read('var/lib/upgrade-push/finished/warnings').match(/nothere/g)).toHaveLength(2)
    })

    test('services are what they were, unless the release or a request decides otherwise', async () => {
      const was = [
        'enabled a',
        'disabled b',
        'undecided c',
        'undecided d',
        'enabled e',
        'enabled gone',
        'enabled masked',
      ]
      await quick(
        { services: { enable: [], disable: asked('e.service') } },
        { services: was.map((line) => ({ name: `${line.split(' ')[1]}.service`, was: line.split(' ')[0] })) },
      )
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        root.write(
          `usr/lib/systemd/system/${name}.service`,
          '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
        )
      }
      root.write('usr/lib/systemd/system-preset/10-test.preset', 'enable b.service\nenable c.service\ndisable *\n')
      await root.inside('SYSTEMD_OFFLINE=1 systemctl enable b.service; SYSTEMD_OFFLINE=1 systemctl mask masked.service')
      const { code, output } = await root.finish()
      expect(code).toBe(0)
      const { output: states } = await root.inside(
        'for s in a b c d e masked; do SYSTEMD_OFFLINE=1 systemctl is-enabled $s.service; done',
      )
      expect(states).toBe('enabled\ndisabled\nenabled\ndisabled\ndisabled\nmasked\n')
      expect(output).toContain('service a.service: enabled, as it was before the upgrade')
      expect(root.read('var/lib/upgrade-push/finished/warnings')).toBe(
        'service c.service is enabled now, as release 9.0 has it by default\n',
      )
    })

    test('GRUB’s core is renewed on every disk below /boot that has one, on BIOS machines', async () => {
      await quick({})
      root.write('usr/bin/findmnt', '#!/bin/sh\necho /dev/md0\n', 0o755)
      root.write(
        'usr/bin/lsblk',
        '#!/bin/sh\n[ "$7" = /dev/md0 ] && printf "%s\\n" "/dev/md0 raid1" "/var/tmp/a1 part" "/var/tmp/a disk" "/var/tmp/b1 part" "/var/tmp/b disk" "/var/tmp/c disk"\n',
        0o755,
      )
      root.write('var/tmp/a', `${'\0'.repeat(100)}GRUB ${'\0'.repeat(500)}`)
      root.write('var/tmp/b', `${'\0'.repeat(100)}GRUB ${'\0'.repeat(500)}`)
      root.write('var/tmp/c', '\0'.repeat(1024))
      root.write(
        'usr/sbin/grub2-install',
        '#!/bin/sh\necho "$*" >>/var/tmp/installed\n[ "$1" != /var/tmp/b ] || { echo "no room for the core"; exit 1; }\n',
        0o755,
      )
      const { code, output } = await root.finish()
      if (existsSync('/sys/firmware/efi')) {
        expect([code, root.has('var/tmp/installed')]).toEqual([0, false])
      } else {
        expect([code, root.read('var/tmp/installed')]).toEqual([0, '/var/tmp/a\n/var/tmp/b\n'])
        expect(output).toContain("GRUB's core on /var/tmp/a is renewed")
        expect(output).toContain(
          "warning: GRUB's core on /var/tmp/b could not be renewed, run grub2-install /var/tmp/b before the next reboot: no room",
        )
      }
    })

    test('links that the upgrade broke are mended or removed, those that were broken before stay', async () => {
      const wants = 'etc/systemd/system/multi-user.target.wants'
      await quick({}, { danglingLinks: [`/${wants}/before.service`] })
      mkdirSync(join(root.dir, 'upper', wants), { recursive: true })
      symlinkSync('/usr/lib/systemd/system/gone.service', join(root.dir, 'upper', wants, 'gone.service'))
      symlinkSync('/nowhere/before.service', join(root.dir, 'upper', wants, 'before.service'))
      root.write('usr/lib/systemd/system/moved.service', '[Install]\nWantedBy=multi-user.target\n')
      symlinkSync('/usr/lib/old/moved.service', join(root.dir, 'upper', wants, 'moved.service'))
      root.write('etc/fstab', '#/dev/z /usr ext4\n192.0.2.1:/opt /opt nfs nofail 0 0\n')
      const link = (target: string, name: string) => symlinkSync(target, join(root.dir, 'upper', wants, name))
      link('/opt/app/app.service', 'app.service')
      link('/run/generated/later.service', 'later.service')
      root.write('usr/lib/systemd/system/worker@.service', '[Install]\nWantedBy=multi-user.target\n')
      link('/usr/lib/old/worker@.service', 'worker@one.service')
      root.write('usr/lib/systemd/system/a\\x2db.service', '[Install]\nWantedBy=multi-user.target\n')
      link('/usr/lib/old/a\\x2db.service', 'a\\x2db.service')
      const { output } = await root.finish()
      const others = await root.inside(
        `for name in app.service later.service worker@one.service 'a\\x2db.service'; do readlink "/${wants}/$name" || echo none; done`,
      )
      expect(others.output).toBe(
        '/opt/app/app.service\n/run/generated/later.service\n/usr/lib/systemd/system/worker@.service\n/usr/lib/systemd/system/a\\x2db.service\n',
      )
      expect(output).toContain(`warning: /${wants}/gone.service pointed to /usr/lib/systemd/system/gone.service`)
      const left = await root.inside(
        `for name in gone before moved; do readlink /${wants}/$name.service || echo none; done`,
      )
      expect(left.output).toBe('none\n/nowhere/before.service\n/usr/lib/systemd/system/moved.service\n')
    })

    test('SELinux: everything is labelled at the next boot, which is permissive where the system was enforcing', async () => {
      await quick({}, { selinux: 'enforcing' })
      root.write('etc/selinux/config', '# policy\nSELINUX=enforcing\nSELINUXTYPE=targeted\n', 0o640)
      expect(await root.finish()).toMatchObject({ code: 0, failure: '' })
      expect(root.has('.autorelabel')).toBe(true)
      expect(root.read('etc/selinux/config')).toBe('# policy\nSELINUX=permissive\nSELINUXTYPE=targeted\n')
      expect(statSync(join(root.dir, 'upper/etc/selinux/config')).mode & 0o777).toBe(0o640)
    })

    test('GRUB’s configuration gets the arguments, and removing beats adding', async () => {
      await quick({
        target: {
          ...aRequest().request.target,
          kernelArgs: { add: asked('net.ifnames=0', 'quiet', 'site=1'), remove: asked('site', 'crashkernel', 'a=2') },
        },
      })
      root.write('etc/default/grub', 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="crashkernel=1G quiet a=1 a=2"\nGRUB_X=1\n')
      expect(await root.finish()).toMatchObject({ code: 0, failure: '' })
      const wanted = 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="quiet a=1 net.ifnames=0"\nGRUB_X=1\n'
      expect(root.read('etc/default/grub')).toBe(wanted)
      await root.finish()
      expect(root.read('etc/default/grub')).toBe(wanted)
    })

    test('a configuration of GRUB that is more than a line is left alone, with a warning', async () => {
      await quick({ target: { ...aRequest().request.target, kernelArgs: { add: asked('a=1'), remove: [] } } })
      const own = 'GRUB_CMDLINE_LINUX="quiet $(cat /etc/extra)"\n'
      root.write('etc/default/grub', own)
      expect((await root.finish()).output).toContain(
        'warning: GRUB_CMDLINE_LINUX in /etc/default/grub is not one plain',
      )
      expect(root.read('etc/default/grub')).toBe(own)
    })

    test('notes of another plan do not count', async () => {
      await quick({ scripts: { afterTransaction: asked(script('10-a', 'echo a >>/var/tmp/ran\n')), firstBoot: [] } })
      await root.finish()
      writeFileSync(join(root.dir, 'cmdline'), `rd.upgrade.run=r2 rd.upgrade.plan=${'c'.repeat(64)}\n`)
      await root.finish()
      expect(root.read('var/tmp/ran')).toBe('a\na\n')
    })

    test('a loader that can not be steered stops the upgrade with the loader’s reason', async () => {
      await quick({})
      root.write(
        'var/lib/upgrade-push/boot/steer',
        `#!/bin/sh\n[ "$1" = finish ] || { echo initrd=/boot/i.img; exit 0; }\necho 'steer: /boot is full' >&2\nexit 1\n`,
        0o700,
      )
      const { code, failure } = await root.finish()
      expect([code, failure]).toEqual([
        1,
        `finish\nboot-entry: the boot entry of kernel ${release.kernel} could not be made the default: steer: /boot is full\n`,
      ])
    })
  })
})
