import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { PROVE } from '../../../../src/tasks/upgrade/image/prove.ts'

const LISTING = `Image: /run/upgrade-push/out/initramfs: 14M
========================================================================
Early CPIO image
========================================================================
drwxr-xr-x   3 root     root            0 Nov 23 06:00 .
========================================================================
Version: dracut-057

Arguments:  --force

dracut modules:
bash
sys-upgrade
sys-upgrade-redhat
========================================================================
crw-r--r--   1 root     root       5,   1 Nov 23  2023 dev/console
lrwxrwxrwx   1 root     root            7 Nov 23 06:00 lib -> usr/lib
-rw-r--r--   1 root     root          111 Nov 23 06:00 usr/lib/systemd/system/upgrade.target
-rw-r--r--   1 root     root          111 Nov 23 06:00 etc/with space
-rw-r--r--   1 root     root          111 Nov 23  2023 etc/lvm/lvm.conf
-rwxr-xr-x   1 root     root          111 Nov 23 06:00 usr/bin/vgchange
-rw-r--r--   1 root     root        11111 Nov 23 06:00 usr/lib/modules/6.1/kernel/drivers/md/dm-mod.ko.xz
-rw-r--r--   1 root     root        11111 Nov 23 06:00 usr/lib/modules/6.1/extra/upgrade-push/acme_raid.ko
-rw-r--r--   1 root     root        11111 Nov 23 06:00 etc/modprobe.d/nvme.ko.conf
========================================================================
`
const BUILTIN = 'kernel/fs/ext4/ext4.ko\nkernel/drivers/tty/serial/8250/8250.ko\n'

describe('prove', () => {
  const dir = mkdtempSync(join(tmpdir(), 'prove-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  const prove = (wanted: string[], listing = LISTING) => {
    writeFileSync(join(dir, 'listing'), listing)
    writeFileSync(join(dir, 'builtin'), BUILTIN)
    const input = `${wanted.join('\n')}\n`
    return execFileSync('sh', ['-c', `${PROVE}\nprove "$1/listing" "$1/builtin"`, 'sh', dir], {
      input,
      encoding: 'utf8',
    })
  }

  test('what is there is not missing', () => {
    const there = [
      'module sys-upgrade',
      'driver dm_mod',
      'driver dm-mod',
      'driver acme-raid',
      'driver ext4',
      'driver =drivers/md',
      'driver =drivers/tty/serial',
      'unit upgrade.target',
      'file /etc/lvm/lvm.conf',
      'file /etc/with space',
      'file /sbin/vgchange',
      'file /usr/sbin/vgchange',
    ]
    expect(prove(there)).toBe('')
  })

  test.each([
    'module sys',
    'module Early',
    'driver dm',
    'driver nvme',
    'driver =drivers/m',
    'driver =drivers/net',
    'unit upgrade.service',
    'file /etc/lvm',
    'file /etc/with',
    'file /run/vgchange',
  ])('%s is', (wanted) => {
    expect(prove([wanted, 'module bash'])).toBe(`${wanted}\n`)
  })

  test('a listing without modules was read wrongly: nothing is proved by it', () => {
    expect(() => prove(['module bash'], LISTING.replace('dracut modules:', 'modules'))).toThrow()
    expect(() => prove([], '')).toThrow()
  })
})
