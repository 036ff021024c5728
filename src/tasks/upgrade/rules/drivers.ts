import { backingDevices } from '../host/backing.ts'
import type { HostFacts } from '../host/facts.ts'
import { meansOf } from '../mounts/file-systems.ts'
import type { BuiltInRule } from './rule.ts'

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort()

export const fileSystems: BuiltInRule = {
  name: 'file-systems',
  proven: 'lab',
  about: 'Where fstab has file systems on disks: the drivers of their types, and what dracut has for them.',
  when: ({ host }) => typesOf(host).length > 0,
  asks({ host }) {
    const means = typesOf(host).flatMap((type) => meansOf(type) ?? [])
    const modules = unique(means.flatMap(({ dracut }) => dracut ?? []))
    return {
      kernel_modules: unique(means.flatMap(({ drivers }) => drivers)).map((name) => ({ name })),
      ...(modules.length > 0 && {
        install_rpms: modules.map((name) => `${name}-progs`),
        dracut_modules: modules.map((name) => ({ name })),
      }),
    }
  },
}

/** Types of fstab that need a driver, `noauto` apart. */
function typesOf({ fstab }: HostFacts): string[] {
  return unique(
    fstab
      .filter(({ options }) => !options.includes('noauto'))
      .flatMap(({ type }) => ((meansOf(type)?.drivers.length ?? 0) > 0 ? [type] : [])),
  )
}

/**
 * Drivers of older kernels -> what took their place. The kernel's own history: drivers/scsi/mpt3sas drives what mpt2sas did since 4.4,
 * libata's pata_acpi gave way to ata_generic on all but the oldest machines.
 */
const SUCCESSORS: Readonly<Record<string, string>> = { mpt2sas: 'mpt3sas', pata_acpi: 'ata_generic' }

export const storageDrivers: BuiltInRule = {
  name: 'storage-drivers',
  proven: 'lab',
  about:
    'Where file systems of fstab lie on disks: the driver of every disk and its bus, so that an image without one of them is found out ' +
    'when it is read back, and not at the boot.',
  when: ({ host }) => driversOf(host).length > 0,
  asks: ({ host }) => ({ kernel_modules: driversOf(host).map((name) => ({ name })) }),
}

export const networkDrivers: BuiltInRule = {
  name: 'network-drivers',
  proven: 'lab',
  about:
    'Where network cards have drivers: these, so that nobody finds out after the upgrade that the new kernel has none for the only way in.',
  when: ({ host }) => (host.nicDrivers ?? []).length > 0,
  asks: ({ host }) => ({ kernel_modules: unique(host.nicDrivers ?? []).map((name) => ({ name })) }),
}

/** udev finds most of these by itself once the device that they are a part of has its driver; that of a BMC it never finds. */
export const watchdogDrivers: BuiltInRule = {
  name: 'watchdog-drivers',
  proven: 'never run',
  about:
    'Where a hardware watchdog has drivers, such as iTCO_wdt and what makes its device, or ipmi_watchdog: these, loaded early, so that ' +
    'it resets a machine whose upgrade image hangs. A driver that the new kernel lacks is left out.',
  when: ({ host }) => (host.watchdogDrivers ?? []).length > 0,
  asks({ host }) {
    const names = unique(host.watchdogDrivers ?? [])
    return {
      kernel_modules: names.map((name) => ({ name, optional: true })),
      kernel_args: { add: [`rd.driver.pre=${names.join(',')}`] },
    }
  },
}

function driversOf(host: HostFacts): string[] {
  const names = backingDevices(host).flatMap(({ drivers }) => drivers ?? [])
  return unique(names.map((name) => SUCCESSORS[name] ?? name))
}
