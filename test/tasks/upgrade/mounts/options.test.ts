import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviceOf } from '../../../../src/tasks/upgrade/mounts/device.ts'
import { parseMountOptions, seconds } from '../../../../src/tasks/upgrade/mounts/options.ts'

describe('options of fstab', () => {
  test('what only a normal boot acts upon is taken out, the rest keeps its order', () => {
    const options =
      'rw,noatime,nofail,_netdev,x-systemd.automount,x-systemd.device-timeout=5s,subvol=@home,X-mount.mkdir,x-gvfs-show'
    expect(parseMountOptions(options.split(','))).toMatchObject({
      mount: ['rw', 'noatime', 'subvol=@home', 'X-mount.mkdir'],
      optional: true,
      netdev: true,
      noauto: false,
      bind: false,
      deviceTimeout: 5,
    })
  })

  test('an option whose value holds a comma stays whole', () => {
    const context = 'context="system_u:object_r:etc_t:s0:c1,c2"'
    expect(parseMountOptions(`${context},ro`.split(',')).mount.join(',')).toBe(`${context},ro`)
  })

  test.each([
    ['90', 90],
    ['5s', 5],
    ['1min 30s', 90],
    ['1min30s', 90],
    ['500ms', 0.5],
    ['2h', 7200],
    ['0', Number.POSITIVE_INFINITY],
    ['infinity', Number.POSITIVE_INFINITY],
    ['soon', undefined],
    ['5 parsecs', undefined],
    ['', undefined],
  ])('a time of %j is %s seconds', (text, expected) => {
    expect(seconds(text)).toBe(expected)
  })

  test('no time crashes', () => {
    fc.assert(fc.property(fc.string(), (text) => (seconds(text) ?? 0) >= 0))
  })
})

describe('the device of a line', () => {
  test.each([
    ['UUID=1234-ABCD', '/dev/disk/by-uuid/1234-ABCD'],
    ['UUID="1234-ABCD"', '/dev/disk/by-uuid/1234-ABCD'],
    ['LABEL=my disk', '/dev/disk/by-label/my\\x20disk'],
    ['LABEL=a/b', '/dev/disk/by-label/a\\x2fb'],
    ['LABEL=grün', '/dev/disk/by-label/grün'],
    ['PARTUUID=9cf9', '/dev/disk/by-partuuid/9cf9'],
    ['PARTLABEL=var', '/dev/disk/by-partlabel/var'],
    ['/dev/mapper/vg-home', '/dev/mapper/vg-home'],
    ['/srv/image.iso', undefined],
    ['server:/export', undefined],
    ['FOO=1', undefined],
  ])('%s is %s', (spec, device) => {
    expect(deviceOf(spec)).toBe(device)
  })
})
