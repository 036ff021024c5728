import { isPresent } from '../host/facts.ts'
import { majorOf } from '../rules/distributions.ts'
import { BUILT_IN_RULES } from '../rules/table.ts'
import type { Rule } from './situation.ts'

/** Rules that come from documents alone: what they ask for is in the image, but whether the machine boots with it nobody has seen. */
export const neverRunRules: Rule = ({ host, targetRelease }) => {
  const input = { host, source: majorOf(host.os.versionId), target: majorOf(targetRelease), targetRelease }
  const held = BUILT_IN_RULES.filter(({ proven, when }) => proven === 'never run' && when(input))
  if (held.length === 0) return []
  return [
    {
      key: 'rules_never_run',
      severity: 'low',
      title: 'what this host needs in the image was never run by this project’s tests',
      detail: `built-in rules: ${held.map(({ name }) => name).join(', ')} (docs/requests.md tells what each of them asks for)`,
      remedy: 'Try one machine of this kind with a console at hand first.',
    },
  ]
}

/** The kernel that is started is the new release's: an older shim may not know the certificate that it is signed with. */
export const secureBoot: Rule = ({ host }) =>
  host.secureBoot === true
    ? [
        {
          key: 'secure_boot',
          severity: 'inhibitor',
          title: 'Secure Boot is on',
          detail:
            'whether the installed shim and loader accept the signature of the new release’s kernel was never tried by this project; ' +
            'where it does not, the machine stops in front of the loader',
          remedy:
            'Switch Secure Boot off for the upgrade, or try one machine of this kind with a console at hand before you accept this.',
        },
      ]
    : []

/** Repositories that only a subscription opens: their client certificates were never carried into a container by this project. */
export const subscription: Rule = ({ host }) =>
  host.os.id === 'rhel' && isPresent(host, '/etc/yum.repos.d/redhat.repo')
    ? [
        {
          key: 'rhsm',
          severity: 'inhibitor',
          title: 'the repositories come from subscription-manager',
          detail: '/etc/yum.repos.d/redhat.repo is there; an upgrade from subscribed repositories was never run',
          remedy: 'Name mirrored repositories (id, baseurl, gpgkey) in target_repositories, then accept this.',
        },
      ]
    : []
