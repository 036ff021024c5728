import type { HostFacts } from '../../../src/tasks/upgrade/host/facts.ts'

/** A plain EL 8 machine, with what the test is about laid over it. */
export function hostFacts(over: Partial<HostFacts> = {}): HostFacts {
  return {
    os: { id: 'rhel', versionId: '8.10', name: 'RHEL 8.10' },
    kernel: '4.18.0-553.el8_10.x86_64',
    arch: 'x86_64',
    pageSize: 4096,
    cmdline: 'root=/dev/sda2 ro',
    firmware: 'bios',
    memoryMib: 4000,
    fstab: [],
    mounts: [],
    blockDevices: [],
    packages: [],
    luks: [],
    mdUuids: [],
    nvme: [],
    fips: false,
    selinux: 'enforcing',
    nics: ['ens3'],
    dnf: { generation: '4' },
    varRunIsLink: true,
    cryptoPolicy: 'DEFAULT',
    present: [],
    ...over,
  }
}
