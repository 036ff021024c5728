import { bootNames } from '../layout.ts'
import type { Rule, Situation } from './situation.ts'

const MIB = 1024 * 1024
/** The image holds drivers for every machine, an installed one often only those of its own; and a newer kernel is larger. */
const IMAGE_FACTOR = 2.5
const RESCUE_FACTOR = 1.5
const KERNEL_FACTOR = 1.5
/** Room for dracut's work in a container that is there already. */
const BUILD_MIB = 500

/** How much larger than the old system's the new system's initramfs may be. */
const NEW_IMAGE_FACTOR = 1.5

/**
 * /boot holds three systems at once while the transaction runs: the old one, kernel and image of the upgrade, which are the recovery
 * environment then, and the new one. Our own files of earlier runs don't count: they are replaced.
 */
export const bootSpace: Rule = (situation) => {
  const { boot } = situation.space.fileSystems
  const own = Math.floor(sum(ownFiles(situation)) / MIB)
  const { mib, why } = bootNeed(situation)
  const available = boot.freeMib + own
  if (available >= mib) return []
  const ours = own > 0 ? ` and ${own} MiB in our own old files` : ''
  return [
    {
      key: 'boot_space',
      severity: 'inhibitor',
      title: 'too little space in /boot',
      detail: `${boot.freeMib} of ${boot.sizeMib} MiB are free${ours}, ${mib} MiB are needed (${why})`,
      remedy: `Free ${mib - available} MiB more: remove old kernels (dnf remove --oldinstallonly) or rescue images.`,
    },
  ]
}

function bootNeed(situation: Situation): { mib: number; why: string } {
  const { needs, space } = situation
  if (needs.boot !== undefined) return { mib: needs.boot, why: 'as the play says' }
  const old = largestOthers(situation)
  const upgrade = space.built
    ? { mib: Math.ceil((space.built.kernel + space.built.initramfs) / MIB) + 1, why: 'as built' }
    : upgradeEstimate(situation, old)
  const kernel = space.built?.kernel ?? old.kernel * KERNEL_FACTOR
  const installed = Math.ceil((kernel + old.image * NEW_IMAGE_FACTOR) / MIB)
  return {
    mib: upgrade.mib + installed,
    why: `${upgrade.mib} for kernel and image of the upgrade, ${upgrade.why}, and ${installed} for those of the new system beside them, estimated`,
  }
}

interface Largest {
  readonly kernel: number
  readonly image: number
  readonly rescue: number
}

/** Bytes of the largest kernel, initramfs and rescue image in /boot that are not ours. */
function largestOthers({ space, host }: Situation): Largest {
  const names = Object.values(bootNames(host.arch))
  const others = space.bootFiles.filter(({ path }) => !names.some((name) => path === `/boot/${name}`))
  const largest = (pattern: RegExp): number =>
    Math.max(0, ...others.filter(({ path }) => pattern.test(path)).map(({ bytes }) => bytes))
  return {
    kernel: largest(/\/(vmlinu[xz]-[^/]*|linux)$/),
    image: largest(/\/(initramfs-(?!.*(rescue|kdump))[^/]*|initrd(?!.*(rescue|kdump))[^/]*)$/),
    rescue: largest(/\/initr[^/]*rescue[^/]*$/),
  }
}

function upgradeEstimate({ distribution }: Situation, old: Largest): { mib: number; why: string } {
  const image = Math.max(old.image * IMAGE_FACTOR, old.rescue * RESCUE_FACTOR)
  const estimate = Math.ceil((old.kernel * KERNEL_FACTOR + image) / MIB)
  const least = distribution?.bootMib ?? 100
  return estimate > least
    ? { mib: estimate, why: 'estimated from the largest ones that are there' }
    : { mib: least, why: `the least for ${distribution?.name ?? 'any distribution'}` }
}

/** The container, and the packages of the transaction. */
export const stateSpace: Rule = (situation) => {
  const { space } = situation
  const { state } = space.fileSystems
  const { container, packages } = stateNeed(situation)
  const needed = container + packages
  if (state.freeMib >= needed) return []
  return [
    {
      key: 'state_space',
      severity: 'inhibitor',
      title: 'too little space under /var/lib',
      detail:
        `${state.path} has ${state.freeMib} of ${state.sizeMib} MiB free, ${needed} MiB are needed: ` +
        `${container} for ${space.container ? 'building in the container' : 'the container'}, ${packages} for the packages`,
      remedy: `Free or add ${needed - state.freeMib} MiB there, or mount a file system on /var/lib/upgrade-push (with an fstab line).`,
    },
  ]
}

function stateNeed({ space, distribution, needs }: Situation): { container: number; packages: number } {
  return {
    container: space.container ? BUILD_MIB : (needs.container ?? distribution?.containerMib ?? 2200),
    packages: needs.packages ?? distribution?.packagesMib ?? 2000,
  }
}

/** What the rules above compare, in bytes. */
export function spaceFigures(situation: Situation): { mount: string; need: number; free: number }[] {
  const { boot, state } = situation.space.fileSystems
  const { container, packages } = stateNeed(situation)
  return [
    { mount: '/boot', need: bootNeed(situation).mib * MIB, free: boot.freeMib * MIB + sum(ownFiles(situation)) },
    { mount: state.path, need: (container + packages) * MIB, free: state.freeMib * MIB },
  ]
}

function ownFiles({ space, host }: Situation): number[] {
  const names = Object.values(bootNames(host.arch)).map((name) => `/boot/${name}`)
  return space.bootFiles.filter(({ path }) => names.includes(path)).map(({ bytes }) => bytes)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
