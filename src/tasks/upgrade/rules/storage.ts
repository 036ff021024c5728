import { backingDevices, bootDevices } from '../host/backing.ts'
import { type HostFacts, isInstalled, isPresent, type PATHS_OF_INTEREST } from '../host/facts.ts'
import { parseCmdline } from '../kernel-cmdline.ts'
import { distributionOf } from './distributions.ts'
import { type BuiltInRule, type RuleRequest, same } from './rule.ts'

type Path = (typeof PATHS_OF_INTEREST)[number]

function existing(host: HostFacts, paths: readonly Path[]): Path[] {
  return paths.filter((path) => isPresent(host, path))
}

/**
 * The new system's own initramfs is asked for a module, and the final steps prove that it is there: a distribution's configuration, or a
 * dracut that can't see through the devices from where it runs, may leave it out, and the first boot would wait for its root for ever.
 */
const inTarget = (needed: boolean, name: string): RuleRequest =>
  needed ? { target: { dracut_modules: [{ name }] } } : {}

export const lvm: BuiltInRule = {
  name: 'lvm',
  proven: 'lab',
  about:
    'Where lvm2 is installed: its tools for activating volumes, its configuration and devices file, and the dracut module `lvm` when it ' +
    'is configured or any mounted file system lies on a logical volume, not only the root. The new system’s image has the module, too, ' +
    'where root or /usr lie on a logical volume.',
  when: ({ host }) => isInstalled(host, 'lvm2'),
  asks({ host }): RuleRequest {
    const configured = isPresent(host, '/etc/lvm/lvm.conf')
    const onVolume = ({ dmUuid }: { dmUuid?: string | undefined }) => dmUuid?.startsWith('LVM-') === true
    const used = backingDevices(host).some(onVolume)
    return {
      ...inTarget(bootDevices(host).some(onVolume), 'lvm'),
      install_rpms: ['lvm2'],
      include_files: [...(distributionOf(host.os.id)?.lvmFiles ?? [])],
      ...(configured || used ? { dracut_modules: [{ name: 'lvm' }] } : {}),
      ...(configured
        ? {
            copy_files: same([
              '/etc/lvm/lvm.conf',
              ...(host.lvm?.devicesFile === undefined ? [] : existing(host, ['/etc/lvm/devices'])),
            ]),
            lvmconf: true,
          }
        : {}),
    }
  },
}

export const raid: BuiltInRule = {
  name: 'md',
  proven: 'lab',
  about:
    'Where mdadm lists arrays: its configuration, and every array by its UUID, also those that the old command line does not name. The new ' +
    'system’s image has `mdraid`, too, where root or /usr lie on an array.',
  when: ({ host }) => host.mdUuids.length > 0,
  asks: ({ host }) => ({
    install_rpms: ['mdadm'],
    dracut_modules: [{ name: 'mdraid' }],
    copy_files: same(
      existing(host, ['/etc/mdadm.conf', '/etc/mdadm.conf.d', '/etc/mdadm/mdadm.conf', '/etc/mdadm/mdadm.conf.d']),
    ),
    kernel_args: { add: host.mdUuids.map((uuid) => `rd.md.uuid=${uuid}`) },
    mdadmconf: true,
    ...inTarget(
      bootDevices(host).some(({ name }) => /^md\d/.test(name)),
      'mdraid',
    ),
  }),
}

const FABRICS = ['fc', 'tcp', 'rdma']

export const nvmeFabrics: BuiltInRule = {
  name: 'nvme-fabrics',
  proven: 'never run',
  about:
    'Where NVMe comes over a fabric: nvme-cli, dracut’s `nvmf` and the host’s identity. From 8 to 9 the default of native multipath ' +
    'flips, so it is kept as it was. Plain PCIe devices need none of this.',
  when: ({ host }) => host.nvme.some(({ transport }) => FABRICS.includes(transport)),
  asks({ host, source }) {
    const decided = parseCmdline(host.cmdline).some(({ key }) => key === 'nvme_core.multipath')
    const multipath = source === '8' && !decided ? ['nvme_core.multipath=N'] : []
    return {
      install_rpms: ['iproute', 'jq', 'nvme-cli', 'sed', 'dracut', 'dracut-network'],
      dracut_modules: [{ name: 'nvmf' }],
      copy_files: same(existing(host, ['/etc/nvme'])),
      kernel_args: { add: ['rd.nvmf.discover=fc,auto', ...multipath] },
      target: { kernel_args: { add: multipath } },
    }
  },
}

export const luks: BuiltInRule = {
  name: 'luks',
  proven: 'never run',
  about: 'Where every encrypted device is LUKS2 with a clevis TPM2 binding: clevis, and the list of devices.',
  when: ({ host }) => host.luks.length > 0 && host.luks.every(({ version, tpm2 }) => version === '2' && tpm2),
  asks({ host }) {
    const ids = parseCmdline(host.cmdline).filter(({ key }) => key === 'rd.luks.uuid')
    const table = existing(host, ['/etc/crypttab'])
    return {
      install_rpms: [
        'clevis',
        'clevis-dracut',
        'clevis-systemd',
        'clevis-udisks2',
        'clevis-luks',
        'cryptsetup',
        'tpm2-tss',
        'tpm2-tools',
        'tpm2-abrmd',
      ],
      dracut_modules: [{ name: 'clevis' }, { name: 'clevis-pin-tpm2' }],
      copy_files: same(table),
      include_files: [...table],
      target: { kernel_args: { add: ids.map(({ text }) => text) } },
    }
  },
}

export const multipath: BuiltInRule = {
  name: 'multipath',
  proven: 'never run',
  about:
    'Where multipath is installed and configured: dracut’s `multipath` and its configuration. The new system’s image has the ' +
    'module, too, where root or /usr lie on several paths.',
  when: ({ host }) => isInstalled(host, 'device-mapper-multipath') && isPresent(host, '/etc/multipath.conf'),
  asks: ({ host }) => ({
    install_rpms: ['device-mapper-multipath'],
    dracut_modules: [{ name: 'multipath' }],
    copy_files: same(
      existing(host, [
        '/etc/multipath.conf',
        '/etc/multipath/bindings',
        '/etc/multipath/wwids',
        '/etc/multipath/prkeys',
        '/etc/multipath/conf.d',
        '/etc/xdrdevices.conf',
      ]),
    ),
    ...inTarget(
      bootDevices(host).some(({ dmUuid }) => dmUuid?.startsWith('mpath-')),
      'multipath',
    ),
  }),
}

export const hibernation: BuiltInRule = {
  name: 'hibernation',
  proven: 'never run',
  about: 'Where the old command line has `resume=`: the upgrade boots without it, the new system gets it back.',
  when: ({ host }) => parseCmdline(host.cmdline).some(({ key }) => key === 'resume'),
  asks: ({ host }) => ({
    target: {
      kernel_args: { add: parseCmdline(host.cmdline).flatMap(({ key, text }) => (key === 'resume' ? [text] : [])) },
    },
  }),
}
