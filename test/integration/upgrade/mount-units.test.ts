import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { parseFstab } from '../../../src/tasks/upgrade/host/tables.ts'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { mountTree } from '../../../src/tasks/upgrade/mounts/tree.ts'
import { mountUnit } from '../../../src/tasks/upgrade/mounts/unit.ts'
import { escapePath } from '../../../src/tasks/upgrade/mounts/unit-name.ts'
import { runDracutTask } from '../../../src/tasks/upgrade/run-dracut.ts'
import { uploadDracutModulesTask } from '../../../src/tasks/upgrade/upload-dracut-modules.ts'
import { aRequest } from './a-request.ts'
import { RpmHost, step } from './rpm-host.ts'

const FSTAB = [
  'LABEL=root / ext4 defaults 0 1',
  'UUID=3c1f-22 /usr ext4 defaults 0 2',
  'UUID="aa-bb" /var ext4 noatime,x-systemd.device-timeout=30s 0 2',
  '/dev/mapper/vg-log /var/log xfs nofail 0 0',
  'LABEL=ESP /boot vfat umask=0077 0 0',
  'LABEL=my\\040disk /srv/my\\040disk/100%-of-it ext4 defaults 0 0',
  '/srv/x\\040y /opt none bind 0 0',
  '/dev/sdb1 /home btrfs subvol=@home,compress=zstd 0 0',
  '/dev/sdc1 /net ext4 _netdev 0 0',
  '/dev/sdd1 /mnt ext4 noauto 0 0',
  'LABEL=swap none swap sw 0 0',
  'tmpfs /tmp tmpfs defaults 0 0',
]

describe('mount units of LabOS 8, in an image of LabOS 9', () => {
  let host: RpmHost
  let dir: string

  beforeAll(async () => {
    host = await RpmHost.create()
    dir = await mkdtemp(join(tmpdir(), 'upgrade-push-playbook-'))
    await host.sh(`cat >/etc/fstab <<'==='\n${FSTAB.join('\n')}\n===`)
  })
  afterAll(async () => {
    await host.remove()
    await rm(dir, { recursive: true, force: true })
  })

  test('units are called as systemd itself calls them', async () => {
    const paths = [
      '/',
      '/var/lib',
      '/.a/.b',
      '/srv/a b',
      '/a-b',
      '/grün',
      '/a\\b',
      '/100%',
      '/dev/disk/by-uuid/1-2',
      '/a:b_c.d',
      '//x/./y/',
    ]
    const quoted = paths.map((path) => `'${path}'`).join(' ')
    const { stdout, stderr } = await host.sh(`for p in ${quoted}; do systemd-escape --path -- "$p"; done`)
    expect(stderr).toBe('')
    expect(stdout.trimEnd().split('\n')).toEqual(paths.map(escapePath))
  })

  test('what is mounted where is what the host’s own generator makes of the same fstab', async () => {
    const { stdout } = await host.sh(
      `mkdir /tmp/g; /usr/lib/systemd/system-generators/systemd-fstab-generator /tmp/g /tmp/g /tmp/g; cd /tmp/g; grep -E -H '^(What|Where|Type)=' ./*.mount`,
    )
    const theirs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^[^:]*\.mount:/, ''))
    const ours = mountTree(parseFstab(FSTAB)).mounts.flatMap((mount) =>
      mountUnit(mount)
        .split('\n')
        .filter((line) => /^(What|Where|Type)=/.test(line))
        .map((line) => line.replace('=/sysroot', '=')),
    )
    for (const line of ours) expect(theirs).toContain(line)
    expect(theirs.filter((line) => line.startsWith('Where=')).sort()).toEqual(
      [...ours.filter((line) => line.startsWith('Where=')), 'Where=/', 'Where=/tmp', 'Where=/mnt'].sort(),
    )
  })

  test('systemd reads every path of the units as it was meant', async () => {
    const mounts = mountTree(
      parseFstab([...FSTAB, '/dev/sde1 /q ext4 x-systemd.requires-mounts-for=/a\\040"b"\\134c 0 0']),
    ).mounts
    const written = mounts.map((mount) => `cat >'/tmp/u/${mount.unit}' <<'==='\n${mountUnit(mount)}\n===`).join('\n')
    const { stdout } = await host.sh(
      `mkdir /tmp/u; ${written}
       cd /tmp/u; SYSTEMD_LOG_LEVEL=debug SYSTEMD_UNIT_PATH=/tmp/u: timeout 60 systemd-analyze verify --man=no ./*.mount 2>&1`,
    )
    for (const { point } of mounts) expect(stdout).toContain(`Where: /sysroot${point}\n`)
    expect(stdout).toContain('RequiresMountsFor: /sysroot/a "b"\\c (')
    expect(stdout).toContain('RequiresMountsFor: /sysroot/srv/x y (')
    expect(stdout).toContain('What: /dev/disk/by-label/my\\x20disk\n')
    expect(stdout).not.toMatch(/sysroot[^\n]*\.mount:\d+: /)
  })

  test('the built image holds every one of them, the wait and the list; a line more makes another image', async () => {
    const request = aRequest({ includeFiles: [] })
    const files = createControllerFiles({ playbookDir: dir, assetsDir: resolve('assets') })
    const repositories = [{ id: 'new', baseurl: 'file:///srv/repo9', gpgkey: '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos' }]
    await step(host, installRpmsTask, { args: { release: '9', repositories }, given: request })
    const staged = await step(host, uploadDracutModulesTask, { args: {}, given: request, files })
    expect(staged.failure?.message).toBeUndefined()
    expect(staged.after).toMatchObject({ kind: 'ok', summary: expect.stringContaining('8 mounts') })
    const built = await step(host, runDracutTask, { args: { compress: 'zstd -1' }, given: request })
    expect(built.failure?.message).toBeUndefined()
    expect(built.after).toMatchObject({ kind: 'ok' })

    const { stdout } = await host.sh(`cd /var/lib/upgrade-push; mkdir /tmp/i
      cp artifacts/initramfs target/tmp/i.img; chroot target sh -c 'mkdir /tmp/i; cd /tmp/i; lsinitrd --unpack /tmp/i.img'; cd target/tmp/i
      ls etc/systemd/system | grep -e '^sysroot-' -e '^upgrade-mounts' -e '^dev-'
      cat 'etc/systemd/system/sysroot-opt.mount' etc/systemd/system/dev-disk-by*aa*/50-upgrade.conf
      readlink etc/systemd/system/upgrade.target.wants/upgrade-mounts.target
      wc -l <usr/lib/upgrade-push/mounts; wc -l <usr/lib/upgrade-push/fstab
      ls usr/lib/dracut/hooks/initqueue/finished var/lib/dracut/hooks/initqueue/finished 2>/dev/null
      ls usr/lib/systemd/systemd-fsck usr/lib/systemd/system/systemd-fsck@.service
      find usr/lib/modules -name 'nls_*' -o -name 'vfat*' | sed 's/.*[/]//'
      rm -r /var/lib/upgrade-push/target/tmp/i*`)
    const units = mountTree(parseFstab(FSTAB)).mounts.map(({ unit }) => unit)
    for (const unit of units) expect(stdout).toContain(`${unit}\n`)
    expect(stdout).toContain('What=/sysroot/srv/x y\nWhere=/sysroot/opt\nOptions=bind\n')
    expect(stdout).toContain('JobRunningTimeoutSec=60\n../upgrade-mounts.target\n8\n12\n')
    expect(stdout).toContain('90-wait-devices.sh\n')
    expect(stdout).toContain('usr/lib/systemd/system/systemd-fsck@.service\nusr/lib/systemd/systemd-fsck\n')
    for (const driver of ['nls_ascii', 'nls_cp437', 'vfat']) expect(stdout).toContain(`${driver}.ko`)

    await host.sh('echo "/dev/sde1 /data ext4 defaults 0 0" >>/etc/fstab')
    expect((await step(host, uploadDracutModulesTask, { args: {}, given: request, files })).before).toMatchObject({
      kind: 'change',
      diff: [{ kind: 'text', after: expect.stringContaining('sysroot-data.mount') }],
    })
    expect(
      (await step(host, runDracutTask, { args: { compress: 'zstd -1' }, given: request, apply: false })).before,
    ).toMatchObject({
      kind: 'change',
      summary: expect.stringContaining('the staged modules changed'),
    })
  })
})
