import { bootNames } from '../layout.ts'
import type { LoaderDriver, Obstacle, Steering } from './driver.ts'
import type { BootFacts } from './facts.ts'
import { grubBls } from './grub-bls.ts'
import { grubPlace } from './grub-environment.ts'
import { grubby } from './grubby.ts'
import { systemdBoot } from './systemd-boot.ts'

/** In the order in which they are asked: what really booted the host goes first. */
export const DRIVERS: readonly LoaderDriver[] = [systemdBoot, grubBls, grubby]

/** The host's loader with what stands in its way, or why there is none. */
export function chooseDriver(
  facts: BootFacts,
): { driver: LoaderDriver; obstacles: readonly Obstacle[] } | { none: Obstacle } {
  const driver = DRIVERS.find((one) => one.recognises(facts))
  if (driver) return { driver, obstacles: driver.obstacles(facts) }
  return {
    none: {
      key: 'loader',
      title: 'no boot loader that can be steered',
      detail: `${found(facts)}; known are systemd-boot, GRUB with BLS entries, and GRUB with grubby`,
      remedy: 'Install and use one of these, or upgrade this host by other means.',
    },
  }
}

function found({ loader }: BootFacts): string {
  const seen = [
    ...(loader.efi.info ? [`the host was booted by ${loader.efi.info}`] : []),
    ...loader.grubConfigs.map(({ path }) => `${path} runs no blscfg`),
    ...(loader.entries.length > 0 ? [`/boot/loader/entries has ${loader.entries.length} entries`] : []),
  ]
  return seen.length > 0 ? seen.join(', ') : 'there is no grub.cfg, no systemd-boot and no loader entry'
}

/** What the scripts of whatever driver need. */
export function steeringOf(facts: BootFacts): Steering {
  return {
    editenv: facts.loader.tools.editenv ?? 'grub2-editenv',
    block: grubPlace(facts)?.environment?.realPath ?? '/boot/grub2/grubenv',
    grubby: facts.loader.tools.grubby ?? 'grubby',
    kernel: bootNames(facts.host.arch).kernel,
  }
}
