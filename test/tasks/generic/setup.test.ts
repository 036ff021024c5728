import { hostname, release, totalmem } from 'node:os'
import { describe, expect, test } from 'vitest'
import { HOST_MOUNTS } from '../../../src/remote/types.ts'
import { meets, ProbeError } from '../../../src/tasks/contract.ts'
import { facts } from '../../../src/tasks/generic/facts.ts'
import { factsProbe, setupTask } from '../../../src/tasks/generic/setup.ts'
import { LocalHost } from './local-host.ts'

function raw(files: Record<string, string>, commands: Record<string, string> = {}) {
  return {
    files: new Map(Object.entries(files).map(([name, text]) => [name, text.split('\n')])),
    commands: new Map(Object.entries(commands)),
  }
}

test('this machine says what it is', async () => {
  const host = new LocalHost()
  try {
    const verdict = await host.check(setupTask, {})
    expect(verdict).toMatchObject({
      kind: 'ok',
      facts: {
        ansible_nodename: hostname(),
        ansible_kernel: release(),
        ansible_user_uid: process.getuid?.(),
        ansible_architecture: process.arch === 'x64' ? 'x86_64' : expect.any(String),
        ansible_mounts: expect.arrayContaining([expect.objectContaining({ mount: expect.any(String) })]),
        ansible_date_time: { year: String(new Date().getUTCFullYear()), iso8601: expect.stringMatching(/^\d{4}-.*Z$/) },
      },
    })
    const found = (verdict as { facts: Record<string, number> }).facts
    expect(Math.abs((found.ansible_memtotal_mb as number) - totalmem() / 2 ** 20)).toBeLessThan(2)
    const some = await host.check(setupTask, { filter: ['ansible_mem*', 'os_family'] })
    expect(Object.keys((some as { facts: object }).facts).sort()).toEqual([
      'ansible_memfree_mb',
      'ansible_memtotal_mb',
      'ansible_os_family',
    ])
  } finally {
    host.remove()
  }
})

describe('distributions', () => {
  test.each([
    [
      'ID="rhel"\nID_LIKE="fedora"\nNAME="Red Hat Enterprise Linux"\nVERSION_ID="8.9"\nVERSION="8.9 (Ootpa)"',
      ['RedHat', '8.9', '8', 'Ootpa', 'RedHat'],
    ],
    [
      'ID=fedora\nNAME="Fedora Linux"\nVERSION_ID=40\nVERSION="40 (Cloud Edition)"',
      ['Fedora', '40', '40', 'Cloud Edition', 'RedHat'],
    ],
    ['ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"', ['AlmaLinux', '9.4', '9', 'NA', 'RedHat']],
    ['ID=labos\nID_LIKE="fedora rhel"\nNAME="LabOS"\nVERSION_ID="8"', ['LabOS', '8', '8', 'NA', 'RedHat']],
    ["ID=debian\nVERSION_ID='12'\nVERSION_CODENAME=bookworm", ['Debian', '12', '12', 'bookworm', 'Debian']],
    ['NAME="Odd $(reboot) OS"\nID=odd', ['Odd$(reboot)OS', 'NA', 'NA', 'NA', 'Odd$(reboot)OS']],
  ])('%j', (osRelease, expected) => {
    const found = facts(raw({ '/etc/os-release': osRelease }))
    expect(['', '_version', '_major_version', '_release'].map((key) => found[`ansible_distribution${key}`])).toEqual(
      expected.slice(0, 4),
    )
    expect(found.ansible_os_family).toBe(expected[4])
  })
})

test('what a host can say is turned into the names that Ansible gives it', () => {
  const found = facts(
    raw(
      {
        '/proc/1/comm': 'systemd',
        '/proc/cmdline': 'BOOT_IMAGE=/vmlinuz root=UUID=1-2 ro quiet opt="a b"',
        '/proc/self/mounts': '/dev/sda1 / xfs rw,noatime 0 0\ntmpfs /tmp tmpfs rw 0 0\nnas:/x /mnt/a\\040b nfs4 rw 0 0',
        '/proc/net/route':
          'Iface Dest\neth1\t00000000\t0102A8C0\t0003\t0\t0\t200\t00000000\neth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000',
        '/sys/devices/system/cpu/online': '0-3,8',
        '/sys/fs/selinux/enforce': '1',
        '/etc/selinux/config': '# comment\nSELINUX=enforcing\nSELINUXTYPE=targeted',
        '/etc/hosts': '127.0.0.1 localhost\n192.168.1.5 web1.example.com web1 # ours',
        '/proc/meminfo': 'MemTotal:        2048000 kB\nSwapTotal: 1024 kB',
      },
      {
        uname: 'Linux\nweb1\n4.18.0\n#1 SMP\nx86_64\n',
        id: '1000\nadmin\n1000\n',
        df: '1B-blocks Avail Inodes IFree Mounted on\n100 40 10 5 /\n',
        ip: '1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 192.168.1.5/24 brd x\n2: eth0    inet6 fe80::1/64 scope link',
        link: '1: lo: <LOOPBACK> mtu 65536 link/loopback 00:00\n2: eth0@if3: <UP> mtu 1500 qdisc x link/ether 52:54:00:00:00:01 brd ff',
        virt: 'kvm\n',
        container: 'none\n',
        managers: 'dnf yum dnf=dnf5',
        systemd: '1',
      },
    ),
  )
  expect(found).toMatchObject({
    ansible_fqdn: 'web1.example.com',
    ansible_domain: 'example.com',
    ansible_service_mgr: 'systemd',
    ansible_pkg_mgr: 'dnf5',
    ansible_virtualization_type: 'kvm',
    ansible_virtualization_role: 'guest',
    ansible_processor_vcpus: 5,
    ansible_memtotal_mb: 2000,
    ansible_user_id: 'admin',
    ansible_cmdline: { BOOT_IMAGE: '/vmlinuz', root: 'UUID=1-2', ro: true, quiet: true, opt: 'a b' },
    ansible_selinux: { status: 'enabled', mode: 'enforcing', config_mode: 'enforcing', type: 'targeted' },
    ansible_mounts: [
      { mount: '/', device: '/dev/sda1', fstype: 'xfs', options: 'rw,noatime', size_total: 100, size_available: 40 },
      { mount: '/mnt/a b', device: 'nas:/x', fstype: 'nfs4', options: 'rw' },
    ],
    ansible_default_ipv4: {
      interface: 'eth0',
      gateway: '192.168.1.1',
      address: '192.168.1.5',
      prefix: '24',
      mtu: 1500,
      macaddress: '52:54:00:00:00:01',
    },
    ansible_all_ipv6_addresses: ['fe80::1'],
  })
})

test('an answer that is cut off is no answer', () => {
  const probe = factsProbe()
  expect(() => probe.parse({ code: 0, stdout: '\0uname\tLinux', stderr: '', truncated: false })).toThrow(ProbeError)
})

test('only a change of what the facts are read from makes them stale', () => {
  const { reads } = factsProbe()
  expect(reads.some((read) => meets('path:/etc/os-release', read))).toBe(true)
  expect(reads.some((read) => meets('tree:/var/lib/upgrade-push', read))).toBe(false)
})

test('in a check the mounts are those of the host, not the read-only ones of the sandbox', () => {
  const { file } = HOST_MOUNTS.mounts
  const files = `/proc/self/mounts:/dev/sda1 / xfs ro 0 0\n${file}:/dev/sda1 / xfs rw,noatime 0 0\n`
  const answer = factsProbe().parse({ code: 0, stdout: `\0files\t${files}\0end\t\0`, stderr: '', truncated: false })
  expect(facts(answer).ansible_mounts).toEqual([
    { mount: '/', device: '/dev/sda1', fstype: 'xfs', options: 'rw,noatime' },
  ])
})
