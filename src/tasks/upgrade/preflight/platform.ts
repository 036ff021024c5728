import { majorOf } from '../rules/distributions.ts'
import type { Rule } from './situation.ts'

/** Architectures whose boot loaders this project has run. */
const RUN = ['x86_64']
const KNOWN = ['x86_64', 'aarch64', 'ppc64le', 's390x']

/** A container has no kernel and no boot of its own: there is nothing to upgrade from the outside. */
export const container: Rule = ({ host }) =>
  host.container === undefined
    ? []
    : [
        {
          key: 'container_virtualization',
          severity: 'inhibitor',
          title: 'the host is a container',
          detail: `${host.container}: its kernel and its boot belong to another machine`,
          remedy: 'Replace the container by one made from an image of the new release.',
        },
      ]

export const releasePair: Rule = ({ host, paths, targetRelease, distribution }) => {
  const from = majorOf(host.os.versionId)
  const to = majorOf(targetRelease)
  if (paths[from]?.includes(to)) return []
  const known = Object.entries(paths).flatMap(([one, others]) => others.map((other) => `${one} to ${other}`))
  return [
    {
      key: 'release_pair',
      severity: 'inhibitor',
      title: 'this upgrade is not supported',
      detail:
        `${host.os.name} (${host.os.id} ${host.os.versionId}) to ${targetRelease}; ` +
        (known.length > 0
          ? `for ${distribution?.name ?? host.os.id} supported: ${known.join(', ')}`
          : `the distribution "${host.os.id}" is not known`),
      remedy: 'Choose a supported target_release, or name the pair in upgrade_paths once you have tested it yourself.',
    },
  ]
}

export const architecture: Rule = ({ host }) =>
  RUN.includes(host.arch)
    ? []
    : [
        {
          key: 'architecture',
          severity: 'inhibitor',
          title: KNOWN.includes(host.arch)
            ? 'boot loaders of this architecture were never run'
            : 'unknown architecture',
          detail: `the host is ${host.arch}; what is known about its boot loader comes from documents alone, only ${RUN.join(', ')} was run`,
          remedy: 'Test one machine of this kind with a console at hand before you accept this for others.',
        },
      ]

export const memory: Rule = ({ host, distribution, needs }) => {
  const needed = needs.memory ?? distribution?.memoryMibByArch?.[host.arch] ?? distribution?.memoryMib ?? 1536
  if (host.memoryMib >= needed) return []
  return [
    {
      key: 'memory',
      severity: 'inhibitor',
      title: 'too little memory',
      detail: `the host has ${host.memoryMib} MiB, unpacking the image and running the transaction need ${needed} MiB`,
      remedy: 'Give the machine more memory for the time of the upgrade.',
    },
  ]
}
