import { majorOf } from '../rules/distributions.ts'
import type { Rule } from './situation.ts'

/** Enterprise Linux is compiled for these levels of the x86-64 psABI: a processor below stops at the first program. */
const CPU_LEVELS: Readonly<Record<string, number>> = { 9: 2, 10: 3 }

export const processor: Rule = ({ host, distribution, targetRelease }) => {
  const needed = CPU_LEVELS[majorOf(targetRelease)]
  if (distribution?.name !== 'Enterprise Linux' || needed === undefined) return []
  if (host.cpuLevel === undefined || host.cpuLevel >= needed) return []
  return [
    {
      key: 'processor',
      severity: 'inhibitor',
      title: 'the processor is too old for the new release',
      detail: `it reaches x86-64-v${host.cpuLevel}, release ${targetRelease} is made for x86-64-v${needed}`,
      remedy: 'Move the host to a newer machine; for a virtual one, give it a newer CPU model.',
    },
  ]
}

/** Something that restarts a machine which does not answer for a while would do so in the middle of the transaction. */
export const watchdog: Rule = ({ host }) => {
  const active = host.watchdogs ?? []
  if (active.length === 0) return []
  const drivers = host.watchdogDrivers ?? []
  const fed =
    drivers.length > 0
      ? `The upgrade image gets ${drivers.join(', ')} and feeds it.`
      : 'No kernel module drives its device: the upgrade image feeds it only where the new kernel knows it by itself.'
  return [
    {
      key: 'watchdog',
      severity: 'low',
      title: 'a hardware watchdog is counting',
      detail: `${active.join(', ')}: it goes on counting through a reboot on some machines`,
      remedy: `${fed} Tell agents outside, such as a provider’s monitoring, to leave the host alone for the time of the upgrade.`,
    },
  ]
}

/** zipl can't be told which of several kernels is meant. */
export const singleKernel: Rule = ({ host }) => {
  const kernels = host.packages.filter(({ name }) => name === 'kernel-core')
  if (host.arch !== 's390x' || kernels.length < 2) return []
  return [
    {
      key: 'single_kernel',
      severity: 'inhibitor',
      title: 'several kernels are installed',
      detail: kernels.map(({ version, release }) => `${version}-${release}`).join(', '),
      remedy: 'Remove the ones that are not booted: dnf remove --oldinstallonly',
    },
  ]
}
