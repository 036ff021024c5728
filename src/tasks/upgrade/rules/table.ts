import { armLoader, base, largePages, mainframe } from './base.ts'
import { fileSystems, networkDrivers, storageDrivers, watchdogDrivers } from './drivers.ts'
import { kernelNames, namingScheme } from './network.ts'
import type { BuiltInRule } from './rule.ts'
import { cryptoPolicy, fips, livePatching } from './security.ts'
import { hibernation, luks, lvm, multipath, nvmeFabrics, raid } from './storage.ts'

/** The built-in rules: which facts of a host call for what in its image. */
export const BUILT_IN_RULES: readonly BuiltInRule[] = [
  base,
  largePages,
  armLoader,
  mainframe,
  fileSystems,
  storageDrivers,
  networkDrivers,
  watchdogDrivers,
  lvm,
  raid,
  nvmeFabrics,
  luks,
  multipath,
  hibernation,
  fips,
  cryptoPolicy,
  livePatching,
  namingScheme,
  kernelNames,
]

/** Names that a play may leave out; the base is what an image is made of. */
export const RULE_NAMES: readonly string[] = BUILT_IN_RULES.map(({ name }) => name).filter((name) => name !== base.name)
