import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const FINISH = fileURLToPath(new URL('../../assets/dracut/85sys-upgrade-redhat/finish/', import.meta.url))
const WANTS = 'etc/systemd/system/multi-user.target.wants'
const FAR = 'etc/systemd/system/far.service'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'links-'))
  write('var/lib/upgrade-push/finish/dangling-links', '')
  write('var/lib/upgrade-push/finished/warnings', '')
  write('etc/fstab', '')
  mkdirSync(join(dir, WANTS), { recursive: true })
  // The part speaks of the root that it runs in; here that is a folder.
  const here = (text: string) => text.replaceAll(/(?<![\w/}])\/(?=(?:etc|usr|lib|var)\/)/g, `${dir}/`)
  const part = here(readFileSync(join(FINISH, '65-links'), 'utf8'))
  write('parts/65-links', part.replace('/run/*)', `${dir}/run/*)`))
  write('parts/lib.sh', here(readFileSync(join(FINISH, 'lib.sh'), 'utf8')))
  tool('rpm', 'exit 1')
  tool('mountpoint', `[ "$2" = '${dir}/srv' ]`)
  tool('systemctl', `[ "$1 $2" = 'reenable --' ] && ln -sf '${dir}/enabled-anew' "${dir}/${WANTS}/$3"`)
})
afterEach(() => rmSync(dir, { recursive: true }))

function write(name: string, text: string): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true })
  writeFileSync(join(dir, name), text)
}

function tool(name: string, body: string): void {
  write(`bin/${name}`, `#!/bin/sh\n${body}\n`)
  chmodSync(join(dir, 'bin', name), 0o755)
}

describe.each(['dash', 'bash'])('links of units that the upgrade broke, under %s', (shell) => {
  const run = () => {
    // Reenabling leads here, which is there.
    copyFileSync(join(dir, 'bin/rpm'), join(dir, 'enabled-anew'))
    const { status, stdout, stderr } = spawnSync(shell, [join(dir, 'parts/65-links')], {
      encoding: 'utf8',
      env: { PATH: `${join(dir, 'bin')}:${process.env.PATH}`, LC_ALL: 'C' },
    })
    expect([stderr, status]).toEqual(['', 0])
    return stdout
  }
  const link = (target: string, name: string) => symlinkSync(target, join(dir, name))
  /** Where a link leads after the part; undefined when it is gone. */
  const left = (name: string) => {
    try {
      return readlinkSync(join(dir, name)).replace(`${dir}/`, '/')
    } catch {
      return undefined
    }
  }

  test('one whose unit is gone is removed and told', () => {
    link(`${dir}/usr/lib/systemd/system/gone.service`, `${WANTS}/gone.service`)
    expect(run()).toContain('gone.service, which the new system does not have; it was removed')
    expect(left(`${WANTS}/gone.service`)).toBeUndefined()
  })

  test.each([
    ['ends its last line', '192.0.2.1:/opt #/opt nfs nofail 0 0\n', '/opt/app/far.service'],
    ['does not', '# made by hand\n192.0.2.1:/opt #/opt nfs nofail 0 0', '/opt/app/far.service'],
    ['has a space in the point', '/dev/gone #/my\\040disk ext4 nofail 0 0\n', '/my disk/far.service'],
    ['has a slash at its end', '/dev/gone #/data/ ext4 noauto 0 0\n', '/data/far.service'],
  ])('one to a file system that is not mounted stays: fstab %s', (_, fstab, target) => {
    write('etc/fstab', fstab.replace('#/', `${dir}/`))
    link(dir + target, FAR)
    // Newer releases of systemd enable what is linked by way of that link.
    link('../far.service', `${WANTS}/far.service`)
    expect(run()).toBe('')
    expect([left(FAR), left(`${WANTS}/far.service`)]).toEqual([target, '../far.service'])
  })

  test.each([
    ['is mounted', '/dev/a #/srv ext4'],
    ['is commented out', '# #/srv ext4'],
    ['only begins alike', '/dev/a #/sr ext4'],
    ['is the root', '/dev/a / ext4'],
  ])('one to a file system that %s is removed', (_, line) => {
    write('etc/fstab', `${line.replace('#/', `${dir}/`)}\n`)
    link(`${dir}/srv/far.service`, FAR)
    run()
    expect(left(FAR)).toBeUndefined()
  })

  test('one below /run stays', () => {
    link(`${dir}/run/generated/far.service`, FAR)
    expect([run(), left(FAR)]).toEqual(['', '/run/generated/far.service'])
  })

  test.each([
    ['moved.service', 'usr/lib/systemd/system/moved.service'],
    ['local.service', 'usr/local/lib/systemd/system/local.service'],
    ['x@one.service', 'usr/lib/systemd/system/x@.service'],
    ['x@a.b.service', 'lib/systemd/system/x@.service'],
    ['a\\x2db.service', 'etc/systemd/system/a\\x2db.service'],
  ])('%s, whose file is elsewhere, is enabled anew', (unit, file) => {
    write(file, '[Install]\n')
    link(`${dir}/usr/lib/old/${unit}`, `${WANTS}/${unit}`)
    expect(run()).toBe(`upgrade: service ${unit}: enabled anew, its file has moved\n`)
    expect(left(`${WANTS}/${unit}`)).toBe('/enabled-anew')
  })

  test('an instance without a template is removed', () => {
    write('usr/lib/systemd/system/x.service', '[Install]\n')
    link(`${dir}/usr/lib/old/x@.service`, `${WANTS}/x@one.service`)
    run()
    expect(left(`${WANTS}/x@one.service`)).toBeUndefined()
  })
})
