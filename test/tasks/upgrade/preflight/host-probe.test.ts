import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { hostProbe, parseHostFacts } from '../../../../src/tasks/upgrade/host/host-probe.ts'
import { mountOf, parseFstab, parseMountinfo } from '../../../../src/tasks/upgrade/host/tables.ts'

const answer = (stdout: string) => ({ code: 0, stdout, stderr: '', truncated: false })
const MACHINE = `@mounts\t/proc/self/mountinfo
/etc/os-release:ID="rocky"
/etc/os-release:VERSION_ID="8.10"
/etc/os-release:PRETTY_NAME="Rocky Linux 8.10 (Green Obsidian)"
/proc/cmdline:BOOT_IMAGE=/vmlinuz root=/dev/mapper/vg-root ro
/proc/meminfo:MemTotal:        3880000 kB
/etc/fstab:# comment
/etc/fstab:/dev/mapper/vg-root / xfs defaults 0 0
/proc/self/mountinfo:25 1 253:0 / / rw,relatime shared:1 - xfs /dev/mapper/vg-root rw
/sys/class/block/dm-0/dev:253:0
/sys/class/block/dm-0/dm/uuid:CRYPT-LUKS2-0f0f-root
/sys/class/block/dm-0/dm/name:root
/sys/class/nvme/nvme0/transport:pcie
/etc/dnf/dnf.conf:pluginpath = /opt/dnf
@uname\t4.18.0-553.el8_10.x86_64 x86_64
@pagesize\t4096
@pidns\tpid:[4026531836]
@detect\tnone
@efi
@varrun
@have\t/etc/hosts
@nic\tens3
@dnf\t/usr/bin/dnf-3
@rpm\tkernel-core\t0\t4.18.0\t553.el8_10\tx86_64
package lvm2 is not installed
@booted\tkernel-core\t0\t4.18.0\t553.el8_10\tx86_64
@luks\tdm-0\tsda3\t1: tpm2 '{"hash":"sha256"}'
@md\tARRAY /dev/md/0 metadata=1.2 UUID=aa:bb:cc:dd
`

test('a machine', () => {
  expect(parseHostFacts(answer(MACHINE))).toMatchObject({
    os: { id: 'rocky', versionId: '8.10', name: 'Rocky Linux 8.10 (Green Obsidian)' },
    kernel: '4.18.0-553.el8_10.x86_64',
    arch: 'x86_64',
    cmdline: 'BOOT_IMAGE=/vmlinuz root=/dev/mapper/vg-root ro',
    firmware: 'efi',
    container: undefined,
    memoryMib: 3789,
    fstab: [{ spec: '/dev/mapper/vg-root', file: '/', type: 'xfs', options: ['defaults'] }],
    mounts: [{ device: '253:0', point: '/', source: '/dev/mapper/vg-root', options: ['rw', 'relatime'] }],
    packages: [{ name: 'kernel-core', epoch: 0, version: '4.18.0', release: '553.el8_10' }],
    bootedKernel: { release: '553.el8_10' },
    luks: [{ name: 'root', version: '2', uuid: '0f0f', backing: '/dev/sda3', tpm2: true }],
    mdUuids: ['aa:bb:cc:dd'],
    nvme: [{ name: 'nvme0', transport: 'pcie' }],
    nics: ['ens3'],
    dnf: { generation: '4', pluginpath: '/opt/dnf' },
    varRunIsLink: true,
    present: ['/etc/hosts'],
  })
})

test.each([
  ['@detect\tnone', '@detect\tpodman', 'podman'],
  ['@pidns\tpid:[4026531836]', '@pidns\tpid:[4026532208]', 'PID namespace pid:[4026532208]'],
  ['@efi', '@marker\t/.dockerenv', '/.dockerenv exists'],
])('a container shows by %s -> %s, and its machine’s hardware is none of its own', (from, to, said) => {
  const facts = parseHostFacts(answer(MACHINE.replace(from, to)))
  expect(facts.container).toContain(said)
  expect(facts).toMatchObject({ nics: [], nvme: [], luks: [], mdUuids: [] })
})

test('an answer that says nothing, or is cut off, is no answer', () => {
  expect(() => parseHostFacts(answer(''))).toThrow('uname did not answer')
  expect(() => parseHostFacts({ ...answer(MACHINE), truncated: true })).toThrow('cut off')
})

test('the script itself runs on any Linux and says what this machine is', () => {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', hostProbe.script], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const facts = hostProbe.parse(answer(stdout))
  expect(facts.kernel).toBe(spawnSync('uname', ['-r'], { encoding: 'utf8' }).stdout.trim())
  expect(facts.memoryMib).toBeGreaterThan(0)
  expect(mountOf(facts.mounts, '/proc/self')?.type).toBe('proc')
})

test('names with spaces in fstab and mountinfo; the last mount on a point counts', () => {
  expect(parseFstab(['LABEL=a\\040b /mnt/my\\040disk/ ext4 ro,nofail', 'broken', '', ' # x y'])).toEqual([
    { spec: 'LABEL=a b', file: '/mnt/my disk', type: 'ext4', options: ['ro', 'nofail'] },
  ])
  const mounts = parseMountinfo([
    '20 1 8:1 / / rw - ext4 /dev/sda1 rw',
    '21 20 8:2 / /mnt/a\\040b rw shared:1 master:2 - xfs /dev/sda2 rw',
    '22 20 8:3 / /mnt/a\\040b ro - xfs /dev/sda3 rw',
    'nonsense',
  ])
  expect(mounts.map(({ point, source }) => [point, source])).toEqual([
    ['/', '/dev/sda1'],
    ['/mnt/a b', '/dev/sda3'],
  ])
  expect(mountOf(mounts, '/mnt/a b/c')?.source).toBe('/dev/sda3')
  expect(mountOf(mounts, '/mnt/a bc')?.source).toBe('/dev/sda1')
})
