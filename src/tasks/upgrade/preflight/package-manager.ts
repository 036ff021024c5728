import type { Rule } from './situation.ts'

export const packageManager: Rule = ({ host }) => {
  const { generation, pluginpath } = host.dnf
  if (generation !== '4') {
    return [
      {
        key: 'dnf',
        severity: 'inhibitor',
        title: generation === '5' ? 'the host has dnf5' : 'the host has no dnf',
        detail: `the container is made with dnf 4${generation === '5' ? ', and dnf here is dnf5' : ', and there is none'}`,
        remedy: generation === '5' ? 'Hosts with dnf5 can’t be upgraded yet.' : 'Install dnf.',
      },
    ]
  }
  if (pluginpath === undefined) return []
  return [
    {
      key: 'dnf_pluginpath',
      severity: 'inhibitor',
      title: 'dnf loads its plugins from another place',
      detail: `its configuration sets pluginpath=${pluginpath}, which the new release does not have`,
      remedy: 'Take pluginpath out of /etc/dnf/dnf.conf.',
    },
  ]
}

/** Said beforehand, because the machine's labels are renewed afterwards, which takes time. */
export const selinux: Rule = ({ host }) =>
  host.selinux === 'enforcing'
    ? [
        {
          key: 'selinux',
          severity: 'info',
          title: 'SELinux is permissive during the upgrade',
          detail:
            'its configuration says enforcing; the upgrade boots with enforcing=0, and the new system relabels its files',
        },
      ]
    : []
