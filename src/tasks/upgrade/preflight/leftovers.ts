import type { Rule } from './situation.ts'

/**
 * The upgrade image is built with the container's modules and none of the host's configuration. The new system's own initramfs is not: what
 * others left on the host goes into it, or fails it.
 */
export const dracutLeftovers: Rule = ({ host }) => {
  const foreign = host.foreignDracutModules ?? []
  const additions = host.dracutAdditions ?? []
  return [
    ...(foreign.length === 0
      ? []
      : [
          {
            key: 'dracut_foreign_modules',
            severity: 'medium' as const,
            title: 'dracut modules that no package owns',
            detail: `${foreign.join(', ')} in /usr/lib/dracut/modules.d were made for the old release`,
            remedy: 'Remove those that are left over; bring those that the new system needs by a request.',
          },
        ]),
    ...(additions.length === 0
      ? []
      : [
          {
            key: 'dracut_configuration',
            severity: 'low' as const,
            title: 'the host’s own dracut configuration adds to every image',
            detail: `${additions.join('; ')}: the new system’s initramfs is built with it, and fails when the new release has no such module`,
            remedy: 'Take out what the new release does not have.',
          },
        ]),
  ]
}

/** A filter was written for the devices' names of the old release. */
export const lvmFilter: Rule = ({ host }) => {
  const filters = host.lvm?.filters ?? []
  if (filters.length === 0) return []
  return [
    {
      key: 'lvm_filter',
      severity: 'medium',
      title: 'LVM filters devices',
      detail: `/etc/lvm/lvm.conf, which the image takes over, says ${filters.join(' and ')}`,
      remedy: 'Make sure that the filter holds for other device names, too, or take it out.',
    },
  ]
}
