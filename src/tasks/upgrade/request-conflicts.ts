import type { Asked, MergedRequest, ModuleSource, RequestedScript } from './request.ts'

/**
 * Every name for which two sources are given, every service that is to be both enabled and disabled and every script with two
 * time limits, as a sentence with all of them and who asked.
 */
export function conflictsOf(request: MergedRequest): string[] {
  return [
    ...modules('dracut module', 'upgrade', request.upgrade.dracutModules),
    ...modules('kernel module', 'upgrade', request.upgrade.kernelModules),
    ...modules('dracut module', 'target', request.target.dracutModules),
    ...modules('kernel module', 'target', request.target.kernelModules),
    ...clashes(
      request.copyFiles,
      ({ dst }) => `copy to ${dst} in the container`,
      ({ src }) => src,
    ),
    ...services(request.services),
    ...limits('after the transaction', request.scripts.afterTransaction),
    ...limits('at the first boot', request.scripts.firstBoot),
  ]
}

function services({ enable, disable }: MergedRequest['services']): string[] {
  return enable.flatMap(({ value, by }) => {
    const other = disable.find((asked) => asked.value === value)
    return other
      ? [`service ${value} of the new system: enabled (${by.join(', ')}) and disabled (${other.by.join(', ')})`]
      : []
  })
}

function limits(when: string, scripts: readonly Asked<RequestedScript>[]): string[] {
  return clashes(
    scripts,
    ({ source }) => `time limit of the script ${showSource(source)} ${when}`,
    ({ timeout }) => `${timeout} s`,
  )
}

function modules(
  kind: string,
  image: 'upgrade' | 'target',
  list: readonly Asked<{ readonly name: string; readonly source: ModuleSource }>[],
): string[] {
  return clashes(
    list,
    ({ name }) => `${kind} ${name} of the ${image} image`,
    ({ source }) => showSource(source),
  )
}

function clashes<T>(list: readonly Asked<T>[], name: (value: T) => string, source: (value: T) => string): string[] {
  const byName = new Map<string, Asked<T>[]>()
  for (const asked of list) byName.set(name(asked.value), [...(byName.get(name(asked.value)) ?? []), asked])
  return [...byName].flatMap(([what, askers]) =>
    askers.length < 2
      ? []
      : [`${what}: ${askers.map(({ value, by }) => `${source(value)} (${by.join(', ')})`).join(' and ')}`],
  )
}

export function showSource(source: ModuleSource): string {
  if (source.kind === 'container') return 'the container’s own'
  return source.kind === 'host' ? `${source.path} on the host` : `${source.path} on the controller`
}
