import type { Finding } from '../../contract.ts'
import { isPresent } from '../host/facts.ts'
import { parseCmdline } from '../kernel-cmdline.ts'
import { majorOf } from '../rules/distributions.ts'
import type { Rule } from './situation.ts'

/** Nobody types a pass phrase into the image. */
export const luks: Rule = ({ host }) => {
  const locked = host.luks.filter(({ version, tpm2 }) => version !== '2' || !tpm2)
  if (locked.length === 0) return []
  return [
    {
      key: 'luks',
      severity: 'inhibitor',
      title: 'encrypted devices that the image can’t unlock',
      detail: locked
        .map(
          ({ name, backing, version, tpm2 }) =>
            `${name} on ${backing} (LUKS${version}, ${tpm2 ? 'with' : 'without'} clevis TPM2 binding)`,
        )
        .join('; '),
      remedy: "Convert to LUKS2 (cryptsetup convert) and bind to the TPM: clevis luks bind -d DEVICE tpm2 '{}'",
    },
  ]
}

const FABRICS = ['fc', 'tcp', 'rdma']

export const nvme: Rule = ({ host }) => {
  const findings: Finding[] = []
  const fabrics = host.nvme.filter(({ transport }) => FABRICS.includes(transport))
  const used = host.nvme.filter(
    ({ name, transport }) =>
      (transport === 'tcp' || transport === 'rdma') &&
      host.mounts.some(({ source }) => source.startsWith(`/dev/${name}n`)),
  )
  if (used.length > 0) {
    findings.push({
      key: 'nvme_network',
      severity: 'inhibitor',
      title: 'file systems on NVMe over TCP or RDMA',
      detail: `${used.map(({ name, transport }) => `${name} (${transport})`).join(', ')}: the upgrade image has no network to reach them`,
      remedy: 'Move what the system needs to local or Fibre Channel storage.',
    })
  }
  const missing = (['/etc/nvme/hostid', '/etc/nvme/hostnqn'] as const).filter((path) => !isPresent(host, path))
  if (fabrics.length > 0 && missing.length > 0) {
    findings.push({
      key: 'nvme_identity',
      severity: 'inhibitor',
      title: 'NVMe over fabrics without a host identity',
      detail: `${fabrics.map(({ name, transport }) => `${name} (${transport})`).join(', ')}, but ${missing.join(' and ')} is missing`,
      remedy: 'Make them: nvme gen-hostnqn >/etc/nvme/hostnqn; uuidgen >/etc/nvme/hostid',
    })
  }
  return findings
}

/** The new release has no multipath of ours to fall back on. */
export const nvmeMultipath: Rule = ({ host, targetRelease }) => {
  const off = parseCmdline(host.cmdline).some(({ key, value }) => key === 'nvme_core.multipath' && value === 'N')
  if (!off || host.nvme.length === 0 || majorOf(targetRelease) !== '10') return []
  return [
    {
      key: 'nvme_multipath',
      severity: 'inhibitor',
      title: 'native NVMe multipath is switched off',
      detail: 'the kernel command line has nvme_core.multipath=N, which release 10 does not support',
      remedy: 'Move to native multipath: grubby --update-kernel=ALL --remove-args=nvme_core.multipath=N, then reboot.',
    },
  ]
}
