import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFstab } from '../../../../src/tasks/upgrade/host/tables.ts'
import { mountedProbe } from '../../../../src/tasks/upgrade/mounts/fstab-probe.ts'
import { mountTree } from '../../../../src/tasks/upgrade/mounts/tree.ts'

const tree = (...lines: string[]) => mountTree(parseFstab(lines))
const points = (...lines: string[]) => tree(...lines).mounts.map(({ point }) => point)

describe('parseFstab', () => {
  const encode = (text: string) =>
    text.replace(/[ \t\n\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)

  test('fields come back as they were, whatever they hold', () => {
    const field = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !/[\0\r\v\f]/.test(text))
    fc.assert(
      fc.property(field, field, fc.nat(9), (spec, name, pass) => {
        fc.pre(!name.includes('/'))
        expect(parseFstab([`\t${encode(spec)}  ${encode(`/${name}`)}\text4 defaults 0 ${pass}`])).toEqual([
          { spec, file: `/${name}`, type: 'ext4', options: ['defaults'], ...(pass > 0 && { passno: pass }) },
        ])
      }),
    )
  })

  test('several octal numbers may be one character; a first field that begins with an encoded # is no comment', () => {
    expect(parseFstab(['\\043x /srv/gr\\303\\274n ext4'])).toEqual([
      { spec: '#x', file: '/srv/grün', type: 'ext4', options: ['defaults'] },
    ])
    expect(parseFstab(['# /dev/sda1 /srv ext4', '', '  #x', '/dev/sda1'])).toEqual([])
  })
})

describe('the tree of fstab', () => {
  test('all but the root, swap, pseudo file systems and noauto; upper directories first', () => {
    expect(
      points(
        '/dev/a / ext4 defaults 0 1',
        '/dev/b /var/log ext4 defaults 0 2',
        '/dev/c /var xfs defaults 0 0',
        '/dev/d none swap sw 0 0',
        'tmpfs /tmp tmpfs defaults 0 0',
        'proc /proc proc defaults 0 0',
        '/dev/e /mnt ext4 noauto 0 0',
        '/dev/f /run/media ext4 defaults 0 0',
        '/dev/g /usr ext4 ro 0 0',
      ),
    ).toEqual(['/usr', '/var', '/var/log'])
  })

  test('of two lines for one point the first counts', () => {
    expect(tree('/dev/a /srv ext4', '/dev/b /srv/ ext4').mounts.map(({ what }) => what)).toEqual(['/dev/a'])
  })

  test('a line that a unit cannot express is left, with the reason and whether the system needs it', () => {
    const { mounts, left } = tree(
      'server:/x /data nfs defaults 0 0',
      'sshfs#me@there: /home/me fuse.sshfs nofail 0 0',
      '/dev/a /ends\\040 ext4',
      '/dev/a /line\\012break ext4',
      '/dev/a /back\\134 ext4',
      'tank/x /tank zfs defaults 0 0',
      'nothing /x ext4',
      `/dev/a /${'a'.repeat(255)} ext4`,
    )
    expect(mounts).toEqual([])
    expect(left.map(({ why, needed }) => `${needed} ${why}`)).toEqual([
      'true it lies on the network (nfs)',
      'false it lies on the network (fuse.sshfs)',
      'true its mount point holds characters that a mount unit can’t express',
      'true its mount point holds characters that a mount unit can’t express',
      'true its mount point holds characters that a mount unit can’t express',
      'true the image has no means to mount the type zfs',
      'true nothing names no device',
      'true its mount point is too long for the name of a mount unit',
    ])
  })

  test('an image in a file and a bind mount lie below the old root', () => {
    const [bound, image] = tree('/data/a /srv/a none bind 0 0', '/data/x.iso /srv/iso iso9660 loop,ro 0 0').mounts
    expect(bound).toMatchObject({ what: '/sysroot/data/a', unit: 'sysroot-srv-a.mount' })
    expect(bound?.device).toBeUndefined()
    expect(image).toMatchObject({ what: '/sysroot/data/x.iso', device: undefined, type: 'iso9660' })
  })
})

describe('what fstab has as nofail', () => {
  const LINES = [
    '/dev/a /boot/efi vfat x-systemd.automount 0 2',
    '/dev/b /opt ext4 nofail 0 2',
    '/dev/c /optional ext4 nofail 0 2',
    '/dev/d /var/cache ext4 nofail 0 2',
    '/dev/e /mnt ext4 nofail 0 2',
    '/dev/f /srv ext4 defaults 0 2',
    '/dev/g /var/data ext4 _netdev,nofail 0 2',
    'nas:/x /nfs nfs nofail 0 0',
    '/nfs/www /var/www none bind,nofail 0 0',
    '/srv/lib /var/lib/app none bind,nofail 0 0',
    'nas:/y /opt/tools nfs nofail 0 0',
  ]
  const needed = (...mounted: string[]) =>
    mountTree(parseFstab(LINES), new Set(mounted)).mounts.flatMap(({ point, needed }) => (needed ? [point] : []))

  test('is optional where it is not mounted', () => {
    expect(needed()).toEqual(['/srv'])
    expect(needed('/', '/srv')).toEqual(['/srv'])
  })

  test('is needed where it is mounted and packages or the loader write', () => {
    expect(
      needed(
        ...['/', '/boot/efi', '/opt', '/optional', '/var/cache', '/mnt'],
        ...['/var/data', '/var/www', '/var/lib/app', '/opt/tools'],
      ),
    ).toEqual(['/opt', '/srv', '/boot/efi', '/var/cache', '/var/lib/app'])
  })
})

test.each(['dash', 'bash'])('which of its points are mounted, under %s', (shell) => {
  const dir = mkdtempSync(join(tmpdir(), 'mounted-'))
  try {
    const [fstab, mountinfo] = [join(dir, 'fstab'), join(dir, 'mountinfo')]
    writeFileSync(
      fstab,
      '# /dev/x /opt\n\n/dev/a\t/opt/a\\040b ext4\n/dev/b /var/cache/ ext4 nofail\n/dev/c /srv ext4\n',
    )
    writeFileSync(
      mountinfo,
      ['/', '/opt/a\\040b', '/var/cache', '/opt', '/home']
        .map((point) => `22 1 8:1 / ${point} rw - ext4 /dev/x rw\n`)
        .join(''),
    )
    const script = mountedProbe.script.replace('/etc/fstab', fstab).replace('/proc/self/mountinfo', mountinfo)
    const answered = (text: string) => {
      const { stdout, stderr, status } = spawnSync(shell, ['-c', text], { encoding: 'utf8' })
      expect([stderr, status]).toEqual(['', 0])
      return mountedProbe.parse({ code: 0, stdout, stderr, truncated: false })
    }
    expect(answered(script)).toEqual(['/opt/a b', '/var/cache'])
    expect(answered(script.replace(fstab, join(dir, 'gone')))).toEqual([])
  } finally {
    rmSync(dir, { recursive: true })
  }
})
