import { describe, expect, test } from 'vitest'
import { dataFiles, resumeUnit, scriptName } from '../../../../src/tasks/upgrade/finish/data.ts'
import { hostStateProbe } from '../../../../src/tasks/upgrade/finish/host-state.ts'
import { mergeRequests } from '../../../../src/tasks/upgrade/request-merge.ts'

const merged = (request: Parameters<typeof mergeRequests>[1][number]['request']) =>
  mergeRequests({ arch: 'x86_64', sourceRelease: '8', targetRelease: '9' }, [
    { by: 'play', paths: 'controller', request },
  ])
const host = {
  kernels: ['4.18.0-1', '4.18.0-2'],
  booted: '4.18.0-2',
  selinux: 'enforcing' as const,
  danglingLinks: [],
  services: [{ name: 'a.service', was: 'enabled' as const }],
}

describe('data of the final steps', () => {
  test('each list of a request has its file, one value a line', () => {
    const files = dataFiles(
      merged({
        target: {
          dracut_modules: [{ name: 'site', path: '/a/70site' }, { name: 'lvm' }],
          kernel_modules: [{ name: '=drivers/hid' }],
          include_files: ['/etc/two words'],
          kernel_args: { add: ['b=2', 'a=1'], remove: ['quiet'] },
        },
        services: { enable: ['httpd'], disable: ['x@1.timer'] },
        scripts: {
          after_transaction: [{ path: '/p/20-b', timeout: 5 }, { path: '/q/10-a' }],
          first_boot: [{ path: '/p/x' }],
        },
      }),
      host,
    )
    const { 'prove.sh': prove, ...lists } = files
    expect(prove).toContain('prove() {')
    expect(lists).toEqual({
      settings: 'from 8\nto 9\nbooted 4.18.0-2\nselinux enforcing\n',
      kernels: '4.18.0-1\n4.18.0-2\n',
      'image-modules': 'lvm\nsite\n',
      'image-drivers': '=drivers/hid\n',
      'image-files': '/etc/two words\n',
      'args-add': 'a=1\nb=2\n',
      'args-remove': 'quiet\n',
      'services-were': 'enabled a.service\n',
      'services-enable': 'httpd.service\n',
      'services-disable': 'x@1.timer\n',
      'scripts-after-transaction': '600 01-10-a\n5 02-20-b\n',
      'scripts-first-boot': '600 01-x\n',
      'dangling-links': '',
    })
  })

  test('a new system that is to boot without SELinux is not to be labelled', () => {
    const files = dataFiles(merged({ target: { kernel_args: { add: ['selinux=0'] } } }), host)
    expect(files.settings).toContain('selinux disabled\n')
  })

  test('numbers of scripts are wide enough to sort', () => {
    const script = { name: 'a', source: { kind: 'host' as const, path: '/a' }, timeout: 1 }
    expect(scriptName(8, 9, script)).toBe('09-a')
    expect(scriptName(8, 100, script)).toBe('009-a')
  })

  test('the unit of the first boot has time for every script', () => {
    const scripts = { after_transaction: [{ path: '/a', timeout: 100 }], first_boot: [{ path: '/b', timeout: 1000 }] }
    const unit = '[Service]\nTimeoutStartSec=15min\nType=oneshot\n'
    expect(resumeUnit(unit, merged({ scripts }))).toBe('[Service]\nTimeoutStartSec=2030\nType=oneshot\n')
  })
})

describe('what the old system is asked', () => {
  const parsed = (stdout: string) => hostStateProbe.parse({ code: 0, stdout, stderr: '', truncated: false })

  test.each([
    ['booted 5.14\n', 'disabled'],
    ['booted 5.14\nselinux enforcing\n', 'enforcing'],
    ['booted 5.14\nselinux permissive\n', 'permissive'],
    // Switched off for the next boot, which would then not label anything.
    ['booted 5.14\nselinux disabled\n', 'disabled'],
    ['booted 5.14\nselinux \n', 'permissive'],
  ])('%j: SELinux is %s', (stdout, selinux) => {
    expect(parsed(stdout).selinux).toBe(selinux)
  })

  test('services: templates, masked ones, those of libvirt and whatever is no service are left alone', () => {
    const stdout = `service enabled/enabled b.service
service disabled/enabled c.service
service disabled/disabled a\\x2d1.service
service disabled/ old-systemd.service
service masked/enabled m.service
service static/- s.service
service enabled/enabled getty@.service
service enabled/enabled virtqemud.service
service enabled/enabled libvirt-guests.service
service enabled/enabled x.timer
`
    expect(parsed(stdout).services).toEqual([
      { name: 'a\\x2d1.service', was: 'undecided' },
      { name: 'b.service', was: 'enabled' },
      { name: 'c.service', was: 'disabled' },
      { name: 'old-systemd.service', was: 'disabled' },
    ])
  })

  test('kernels and links, sorted', () => {
    const stdout = 'booted 2\nkernel 2\nkernel 1\ndangling /etc/systemd/system/b c\ndangling /etc/systemd/system/a\n'
    expect(parsed(stdout)).toEqual({
      booted: '2',
      kernels: ['1', '2'],
      selinux: 'disabled',
      danglingLinks: ['/etc/systemd/system/a', '/etc/systemd/system/b c'],
      services: [],
    })
  })
})
