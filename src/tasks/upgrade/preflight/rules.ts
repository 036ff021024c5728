import type { Finding } from '../../contract.ts'
import { halfReplaced } from './begun.ts'
import { fstab } from './fstab.ts'
import { processor, singleKernel, watchdog } from './hardware.ts'
import { bootedKernel } from './kernel.ts'
import { dracutLeftovers, lvmFilter } from './leftovers.ts'
import { efiTools, loader } from './loader.ts'
import { lock } from './lock.ts'
import { networkMounts, outsideFstab, readonlyParts, unmountable } from './mount-tree.ts'
import { bootWritable, stateMount, varRun } from './mounts.ts'
import { networkNames } from './network-names.ts'
import { neverRunRules, secureBoot, subscription } from './never-run.ts'
import { noautoParts } from './noauto.ts'
import { packageManager, selinux } from './package-manager.ts'
import { architecture, container, memory, releasePair } from './platform.ts'
import type { Rule, Situation } from './situation.ts'
import { bootSpace, stateSpace } from './space.ts'
import { luks, nvme, nvmeMultipath } from './storage.ts'

/** In the order in which an operator reads them: what can't be helped first. */
const RULES: readonly Rule[] = [
  halfReplaced,
  container,
  releasePair,
  architecture,
  processor,
  secureBoot,
  loader,
  efiTools,
  lock,
  bootedKernel,
  singleKernel,
  bootSpace,
  bootWritable,
  stateSpace,
  stateMount,
  memory,
  packageManager,
  subscription,
  fstab,
  networkMounts,
  unmountable,
  outsideFstab,
  noautoParts,
  readonlyParts,
  varRun,
  lvmFilter,
  luks,
  nvme,
  nvmeMultipath,
  networkNames,
  watchdog,
  dracutLeftovers,
  neverRunRules,
  selinux,
]

export function findingsOf(situation: Situation): Finding[] {
  return RULES.flatMap((rule) => rule(situation))
}
