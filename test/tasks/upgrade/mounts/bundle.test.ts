import { describe, expect, test } from 'vitest'
import { mountBundle } from '../../../../src/tasks/upgrade/mounts/bundle.ts'

/** Path -> text. */
function files(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const part of text.split(/^### /m).slice(1)) {
    const end = part.indexOf('\n')
    found[part.slice(0, end)] = part.slice(end + 1)
  }
  return found
}
const unitsOf = (...lines: string[]) => files(mountBundle(lines, new Set(), false).text)
const only = (line: string) => {
  const name = mountBundle([line], new Set(), false).units.find((unit) => unit.endsWith('.mount')) as string
  return unitsOf(line)[`etc/systemd/system/${name}`] as string
}

describe('mount units', () => {
  test('a file system on a device: all of the unit', () => {
    expect(only('UUID=1-2 /var ext4 noatime 0 2')).toBe(`# Needed: from the host's /etc/fstab.
[Unit]
Description=/var of the old system
DefaultDependencies=no
IgnoreOnIsolate=yes
Requires=sysroot.mount
After=sysroot.mount
Requires=systemd-fsck@dev-disk-by\\x2duuid-1\\x2d2.service
After=systemd-fsck@dev-disk-by\\x2duuid-1\\x2d2.service
Before=upgrade-mounts.target umount.target
Conflicts=umount.target

[Mount]
What=/dev/disk/by-uuid/1-2
Where=/sysroot/var
Type=ext4
Options=noatime
TimeoutSec=300
`)
  })

  test('a bind mount waits for its source, quoted as systemd reads it', () => {
    const unit = only('/data/a\\040"b"\\134c /srv/100% none bind 0 0')
    expect(unit).toContain('RequiresMountsFor="/sysroot/data/a \\"b\\"\\\\c"\n')
    expect(unit).toContain('What=/sysroot/data/a "b"\\c\nWhere=/sysroot/srv/100%%\nOptions=bind\n')
    expect(unit).not.toContain('Type=')
  })

  test('what x-systemd options name is below the old root too; a service of the host is not asked for', () => {
    const unit = only(
      '/dev/a /srv ext4 x-systemd.requires=/var,x-systemd.requires=/dev/b,x-systemd.requires=iscsi.service,x-systemd.after=home.mount,x-systemd.before=/opt,x-systemd.requires-mounts-for=/a\\040b 0 0',
    )
    expect(unit).toContain(
      'Requires=sysroot-var.mount\nRequires=dev-b.device\nAfter=sysroot-var.mount\nAfter=dev-b.device\n',
    )
    expect(unit).toContain('After=sysroot-home.mount\nBefore=sysroot-opt.mount\n')
    expect(unit).toContain('RequiresMountsFor="/sysroot/a b"')
    expect(unit).not.toContain('iscsi')
  })

  test('a network device keeps its place behind the network, a local one does not get it', () => {
    expect(only('/dev/a /srv ext4 _netdev 0 0')).toMatch(
      /After=network-online.target remote-fs-pre.target\nBefore=remote-fs.target /,
    )
    expect(only('/dev/a /srv ext4 defaults 0 0')).not.toMatch(/network|remote/)
  })

  test('no time is without an end', () => {
    const made = unitsOf('/dev/a /srv ext4 x-systemd.device-timeout=0,x-systemd.mount-timeout=infinity 0 0')
    expect(made['etc/systemd/system/sysroot-srv.mount']).toContain('TimeoutSec=300\n')
    expect(made['etc/systemd/system/dev-a.device.d/50-upgrade.conf']).toBe('[Unit]\nJobRunningTimeoutSec=300\n')
  })

  test('a time that is short for a running system is too short for an image that begins with no storage', () => {
    const made = unitsOf('/dev/a /srv ext4 x-systemd.device-timeout=5 0 0')
    expect(made['etc/systemd/system/dev-a.device.d/50-upgrade.conf']).toBe('[Unit]\nJobRunningTimeoutSec=60\n')
  })

  test('two mounts of one device wait as long as the longer of them may', () => {
    const made = unitsOf('/dev/a /srv btrfs nofail,subvol=a 0 0', '/dev/a /opt btrfs subvol=b 0 0')
    expect(made['etc/systemd/system/dev-a.device.d/50-upgrade.conf']).toBe('[Unit]\nJobRunningTimeoutSec=180\n')
    expect(made['etc/systemd/system/sysroot-opt.mount']).toContain('Options=subvol=b\n')
  })

  test('the target wants all of them, so that one broken unit does not keep the others away', () => {
    const target = unitsOf('/dev/a /srv ext4', '/dev/b /opt ext4 nofail')['etc/systemd/system/upgrade-mounts.target']
    expect(target).toContain('Wants=sysroot-opt.mount\nWants=sysroot-srv.mount\nBefore=upgrade.target\n')
  })

  test('the list for the step', () => {
    const made = unitsOf('/dev/a /srv ext4 nofail,x-systemd.device-timeout=7 0 2', '/srv/x /opt none bind 0 0')
    expect(made['usr/lib/upgrade-push/mounts']).toBe(
      'needed\tsysroot-opt.mount\t/opt\t/sysroot/srv/x\t-\t180\t-\n' +
        'optional\tsysroot-srv.mount\t/srv\t/dev/a\t/dev/a\t60\tsystemd-fsck@dev-a.service\n',
    )
  })

  test('fstab itself, without comments and with single spaces', () => {
    expect(
      unitsOf('# x', '/dev/a\t /srv   ext4', ' /dev/b /opt ext4 ro 0 2 # note')['usr/lib/upgrade-push/fstab'],
    ).toBe('/dev/a /srv ext4   \n/dev/b /opt ext4 ro 0 2\n')
  })

  test('nothing of the tree goes when somebody isolates another target', () => {
    for (const [path, text] of Object.entries(unitsOf('/dev/a /srv ext4 defaults 0 2'))) {
      if (/\/system\/(?!dev-)/.test(path)) expect(text, path).toContain('IgnoreOnIsolate=yes\n')
    }
  })

  test('in FIPS mode /boot is in the image, too', () => {
    const { text, units } = mountBundle(['/dev/a /boot ext4 defaults 0 0'], new Set(), true)
    expect(units).toEqual(['boot.mount', 'sysroot-boot.mount', 'upgrade-mounts.target'])
    expect(files(text)['etc/systemd/system/boot.mount']).toContain('What=/sysroot/boot\nWhere=/boot\nOptions=bind\n')
    expect(mountBundle([], new Set(), true).units).toEqual(['upgrade-mounts.target'])
  })

  test('a host without fstab has a target that waits for nothing', () => {
    expect(mountBundle([], new Set(), false).units).toEqual(['upgrade-mounts.target'])
    expect(unitsOf()['usr/lib/upgrade-push/mounts']).toBe('')
  })
})
