import type { HostFacts } from '../host/facts.ts'
import { parseCmdline } from '../kernel-cmdline.ts'
import { distributionOf } from './distributions.ts'
import type { BuiltInRule } from './rule.ts'

export const namingScheme: BuiltInRule = {
  name: 'naming-scheme',
  proven: 'never run',
  about:
    'On Enterprise Linux with predictable interface names: the old release’s naming scheme, for the upgrade and for the new system.',
  when: ({ host }) => isEnterpriseLinux(host) && !namesAreDecided(host) && !singleEth0(host),
  asks({ source, target, targetRelease }) {
    const scheme = [`net.naming-scheme=rhel-${source}.0`]
    return {
      install_rpms: target === '9' ? ['rhel-net-naming-sysattrs'] : sysattrs(targetRelease),
      kernel_args: { add: scheme },
      target: { kernel_args: { add: scheme } },
    }
  },
}

export const kernelNames: BuiltInRule = {
  name: 'kernel-names',
  proven: 'never run',
  about: 'Where the only interface is eth0: the kernel’s own name is kept.',
  when: ({ host }) => singleEth0(host) && !namesAreDecided(host),
  asks: () => ({
    kernel_args: { add: ['net.ifnames=0'] },
    target: { kernel_args: { add: ['net.ifnames=0'] } },
  }),
}

/** The package came with 10.2; a release without a minor number is the newest one. */
function sysattrs(release: string): string[] {
  const minor = release.split('.')[1]
  return minor === undefined || Number(minor) >= 2 ? ['net-naming-sysattrs'] : []
}

function isEnterpriseLinux(host: HostFacts): boolean {
  return distributionOf(host.os.id)?.name === 'Enterprise Linux'
}

function singleEth0(host: HostFacts): boolean {
  return host.nics.length === 1 && host.nics[0] === 'eth0'
}

function namesAreDecided(host: HostFacts): boolean {
  return parseCmdline(host.cmdline).some(
    ({ key, value }) => key === 'net.naming-scheme' || (key === 'net.ifnames' && value === '0'),
  )
}
