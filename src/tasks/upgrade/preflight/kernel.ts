import type { Package } from '../host/facts.ts'
import { KERNEL_PACKAGES } from '../host/facts.ts'
import { compareEvr } from '../rpmvercmp.ts'
import type { Rule } from './situation.ts'

/** What was tested by the last boot must be what is installed: a newer kernel that never booted may not boot after the upgrade fails either. */
export const bootedKernel: Rule = ({ host }) => {
  // The kernel of a container is its machine's, which the container's packages say nothing about.
  if (host.container !== undefined) return []
  const { bootedKernel: booted } = host
  const newest = host.packages
    .filter(({ name }) => KERNEL_PACKAGES.includes(name) && (booted === undefined || name === booted.name))
    .reduce<Package | undefined>(
      (best, one) => (best === undefined || compareEvr(one, best) > 0 ? one : best),
      undefined,
    )
  if (booted === undefined) {
    return [
      {
        key: 'booted_kernel',
        severity: 'inhibitor',
        title: 'the booted kernel belongs to no package',
        detail: `${host.kernel} runs, no installed package owns it${newest ? `; newest installed is ${shown(newest)}` : ''}`,
        remedy: 'Boot a kernel of the distribution.',
      },
    ]
  }
  if (newest === undefined || compareEvr(booted, newest) >= 0) return []
  return [
    {
      key: 'booted_kernel',
      severity: 'inhibitor',
      title: 'the booted kernel is not the newest installed one',
      detail: `${shown(booted)} runs, ${shown(newest)} is installed`,
      remedy: 'Reboot into the newest kernel, or remove it.',
    },
  ]
}

function shown({ name, version, release, arch }: Package): string {
  return `${name}-${version}-${release}.${arch}`
}
