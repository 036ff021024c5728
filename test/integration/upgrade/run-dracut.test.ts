import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { runDracutTask } from '../../../src/tasks/upgrade/run-dracut.ts'
import { uploadDracutModulesTask } from '../../../src/tasks/upgrade/upload-dracut-modules.ts'
import { aRequest } from './a-request.ts'
import { type Kill, RpmHost, step } from './rpm-host.ts'

const ARGS = {
  release: '9',
  repositories: [{ id: 'new', baseurl: 'file:///srv/repo9', gpgkey: '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos' }],
}

describe('run_dracut on LabOS 8 with a container of LabOS 9', () => {
  let host: RpmHost
  let dir: string
  const build = (parts: Parameters<typeof aRequest>[0] = {}, more: { kill?: Kill; apply?: boolean } = {}) =>
    step(host, runDracutTask, { args: { compress: 'zstd -1' }, given: aRequest(parts), ...more })
  const stage = (parts: Parameters<typeof aRequest>[0] = {}) =>
    step(host, uploadDracutModulesTask, {
      args: {},
      given: aRequest(parts),
      files: createControllerFiles({ playbookDir: dir, assetsDir: resolve('assets') }),
    })
  const image = async () => (await host.sh('sha256sum </var/lib/upgrade-push/artifacts/initramfs')).stdout

  beforeAll(async () => {
    host = await RpmHost.create()
    dir = await mkdtemp(join(tmpdir(), 'upgrade-push-playbook-'))
  })
  afterAll(async () => {
    await host.remove()
    await rm(dir, { recursive: true, force: true })
  })

  test('refuses without a container, and without staged modules', async () => {
    expect((await build()).before).toMatchObject({ kind: 'refuse', remedy: expect.stringContaining('install_rpms') })
    const { failure } = await step(host, installRpmsTask, { args: ARGS, given: aRequest() })
    expect(failure?.message).toBeUndefined()
    expect((await build()).before).toMatchObject({ kind: 'refuse', remedy: expect.stringContaining('upload_dracut') })
  })

  test('builds an image that holds our modules and units, once', async () => {
    await stage()
    const { before, after, failure, progress } = await build()
    expect(failure?.message).toBeUndefined()
    expect(before).toMatchObject({ kind: 'change', summary: expect.stringContaining('never built') })
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
    expect(progress).toContain('reading the image back')
    const { stdout } = await host.sh(
      `cd /var/lib/upgrade-push; stat -c '%a %n' artifacts/initramfs; ls; ls target/run
       chroot target /usr/bin/lsinitrd -m /dev/stdin <artifacts/initramfs >/dev/null 2>&1
       ls target/usr/lib/dracut/modules.d | grep -c upgrade`,
    )
    // The container is what install_rpms made: our modules were there for the build only.
    expect(stdout).toBe('600 artifacts/initramfs\nartifacts\ndnf\nstage\ntarget\ntarget.copies\ntarget.json\n0\n')
    expect((await build()).before).toMatchObject({ kind: 'ok' })
  })

  test('the image holds all that its scripts call: they run in it, and enter the root and the container', async () => {
    const { stdout, stderr } =
      await host.sh(`cd /var/lib/upgrade-push && mkdir target/image && cp artifacts/initramfs target/image.img
      chroot target /bin/sh -c 'cd /image && lsinitrd --unpack /image.img' && I=$PWD/target/image || exit 1
      mount --bind $I $I && mount -t tmpfs tmpfs $I/run && mount --rbind /dev $I/dev && mount -t proc proc $I/proc && mount -t sysfs sysfs $I/sys || exit 1
      mkdir -p $I/sysroot && mount --rbind / $I/sysroot || exit 1
      in_image() { PATH=/usr/bin:/usr/sbin:/bin:/sbin chroot $I "$@"; }
      for script in $I/usr/lib/upgrade-push/* $I/usr/lib/upgrade-push/steps/* $I/usr/bin/upgrade-*; do
        [ -d "$script" ] || in_image sh -n "\${script#"$I"}" || echo "$script: no sh"
      done
      units=$(find $I/usr/lib/systemd/system $I/etc/systemd/system -name 'upgrade*.service')
      for program in $(sed -n 's|^Exec[A-Za-z]*=[^/]*\\(/[^ ]*\\).*|\\1|p' $units); do [ -x "$I$program" ] || echo "$program can not be executed"; done
      case $units in *upgrade-console.service*) ;; *) echo 'our units are elsewhere' ;; esac
      for tool in base64 cat chroot date grep gzip journalctl mkdir mkfifo mount mountpoint mv rm setsid sha256sum sleep stat sync systemctl \
        tail tee timeout umount uname unshare; do in_image sh -c "command -v $tool" >/dev/null || echo "no $tool"; done
      in_image upgrade-status | grep -E '^(phase|waiting|changed):'
      in_image upgrade-resume
      in_image /usr/lib/upgrade-push/in-root /bin/sh -c '. /etc/os-release && echo "root $VERSION_ID $(ls /proc | grep -c "^[0-9]")"'
      in_image /usr/lib/upgrade-push/in-container /bin/sh -c '. /etc/os-release && echo "container $VERSION_ID"; . /installroot/etc/os-release; echo "in it $VERSION_ID"; cat /installroot/var/lib/upgrade-push/target.json >/dev/null && exit 20'
      echo "code $?"; umount -R $I/sysroot; umount -R $I/dev; umount $I/run $I/proc $I/sys; umount $I; rm -rf target/image target/image.img`)
    expect(stdout, stderr).toMatch(
      /^phase: boot\nwaiting: no\nchanged: unknown\nroot 8\.0 \d+\ncontainer 9\.0\nin it 8\.0\ncode 20\n$/,
    )
    expect(stderr).toContain('upgrade-resume: refused: the upgrade is not waiting')
  })

  test('the same inputs give the same image', async () => {
    const first = await image()
    await host.sh('rm -r /var/lib/upgrade-push/artifacts')
    expect((await build()).after).toMatchObject({ kind: 'ok' })
    expect(await image()).toBe(first)
  })

  const extras = {
    dracutModules: [{ name: 'acme', source: { kind: 'host' as const, path: '/opt/70acme' } }],
    kernelModules: [
      { name: 'acme-dummy', source: { kind: 'host' as const, path: '/opt/acme_dummy.ko.xz' } },
      { name: '=drivers/md', source: { kind: 'container' as const } },
      { name: 'ext4', source: { kind: 'container' as const } },
    ],
    includeFiles: ['/usr/sbin/vgchange', '/etc/lvm', '/etc/with space'],
  }

  test('takes requested modules, drivers and files in, and proves them', async () => {
    await host.sh(`mkdir -p /opt/70acme; printf 'check() { return 255; }\\ninstall() { inst_multiple cat; }\\n' >/opt/70acme/module-setup.sh
      cp /var/lib/upgrade-push/target/usr/lib/modules/*/extra/dummy.ko* /opt/
      cd /opt; for f in dummy.ko*; do mv "$f" "acme_$f"; done
      mkdir -p /var/lib/upgrade-push/target/etc/lvm; echo x >'/var/lib/upgrade-push/target/etc/with space'; echo y >/var/lib/upgrade-push/target/etc/lvm/lvm.conf`)
    const ko = (await host.sh('ls /opt | grep acme_dummy')).stdout.trim()
    const [, driver] = extras.kernelModules
    const parts = {
      ...extras,
      kernelModules: [
        { ...extras.kernelModules[0], source: { kind: 'host' as const, path: `/opt/${ko}` } },
        driver,
        extras.kernelModules[2],
      ] as typeof extras.kernelModules,
    }
    await stage(parts)
    const { before, after, failure } = await build(parts)
    expect(failure?.message).toBeUndefined()
    expect(before).toMatchObject({
      summary: expect.stringMatching(/staged modules changed .*; the requested modules, drivers and files changed/),
    })
    expect(after, JSON.stringify(after)).toMatchObject({
      kind: 'ok',
      result: { drivers: ['=drivers/md', 'acme-dummy', 'ext4'] },
    })
  })

  test('a driver that does not exist: named, and the old image stays', async () => {
    const parts = {
      ...extras,
      dracutModules: [],
      kernelModules: [{ name: 'nosuchdriver', source: { kind: 'container' as const } }],
      includeFiles: [],
    }
    await stage(parts)
    const before = await image()
    const { failure } = await build(parts)
    expect(failure?.message).toMatch(/nosuchdriver/)
    expect(failure?.remedy).toContain('/var/log/upgrade-push/dracut.log')
    expect(await image()).toBe(before)
  })

  test('an optional driver is taken along where the kernel has it, and done without where not', async () => {
    const optional = ['=drivers/md', '=drivers/nosuch', 'dm-mirror', 'nosuchdriver'].map((name) => ({
      name,
      source: { kind: 'container' as const },
      optional: true as const,
    }))
    await stage()
    const { failure, after, progress } = await build({ kernelModules: optional })
    expect(failure?.message).toBeUndefined()
    expect(after).toMatchObject({ kind: 'ok' })
    expect(progress.filter((line) => line.includes('does without'))).toEqual([
      expect.stringContaining('no driver =drivers/nosuch:'),
      expect.stringContaining('no driver nosuchdriver:'),
    ])
    const { stdout } = await host.sh(
      `cd /var/lib/upgrade-push; cp artifacts/initramfs target/image.img; chroot target lsinitrd /image.img | grep -o 'dm-mirror[.]ko\\|raid1[.]ko' | sort; rm target/image.img`,
    )
    expect(stdout).toBe('dm-mirror.ko\nraid1.ko\n')
  })

  test('a dracut module that fails, and a file that is missing, are named', async () => {
    const missing = await build({ includeFiles: ['/etc/nope'] })
    expect(missing.failure?.message).toContain('/etc/nope is not in the container')
    const absent = await build({ dracutModules: [{ name: 'nosuchmodule', source: { kind: 'container' } }] })
    expect(absent.failure?.message).toContain('nosuchmodule')
  })

  test('killed while dracut runs: the next run builds what an undisturbed one would have', async () => {
    await stage()
    expect((await build()).after).toMatchObject({ kind: 'ok' })
    const whole = await image()
    await host.sh('rm -r /var/lib/upgrade-push/artifacts')
    for (const onText of ['preparing the container', 'Including module: base', 'reading the image back']) {
      const { failure, after } = await build({}, { kill: { onText } })
      expect(failure?.message, onText).toContain('cut off')
      expect(after).toMatchObject({ kind: 'change' })
    }
    expect((await build()).after).toMatchObject({ kind: 'ok' })
    expect(await image()).toBe(whole)
    expect((await host.sh('ls /var/lib/upgrade-push')).stdout).toBe(
      'artifacts\ndnf\nstage\ntarget\ntarget.copies\ntarget.json\n',
    )
  })

  test('sees a damaged image, and staged files that were tampered with', async () => {
    await host.sh('echo x >>/var/lib/upgrade-push/artifacts/initramfs')
    expect((await build({}, { apply: false })).before).toMatchObject({
      summary: expect.stringContaining('initramfs is not what was built'),
    })
    await host.sh('echo "# evil" >>/var/lib/upgrade-push/stage/dracut/90sys-upgrade/upgrade.sh')
    expect((await build()).before).toMatchObject({ kind: 'refuse', reason: expect.stringContaining('changed since') })
  })
})
