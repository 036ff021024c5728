import { parseCmdline } from '../kernel-cmdline.ts'
import type { Rule } from './situation.ts'

/** The kernel gives ethX in the order of discovery, which another kernel may change. A single one can't change places. */
export const networkNames: Rule = ({ host }) => {
  const unstable = host.nics.filter((name) => /^eth\d+$/.test(name))
  if (unstable.length === 0 || host.nics.length < 2) return []
  const fixed = parseCmdline(host.cmdline).some(({ key, value }) => key === 'net.ifnames' && value === '0')
  return [
    {
      key: 'nic_names',
      severity: 'inhibitor',
      title: 'network interfaces that may change their names',
      detail: `${unstable.join(', ')} of ${host.nics.length} interfaces (${host.nics.join(', ')}) carry the kernel’s own names${fixed ? ' (net.ifnames=0)' : ''}`,
      remedy:
        'Give them names of their own by their addresses (.link files in /etc/systemd/network), and use those in the network configuration.',
    },
  ]
}
