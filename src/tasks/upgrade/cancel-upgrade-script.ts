import { quote } from '../../remote/quote.ts'
import { entryScript } from './boot-entry-script.ts'
import { HOOKS } from './cancel-upgrade-probe.ts'
import { removeScript } from './copy-boot-script.ts'
import { REBOOT_ERROR, REBOOT_MARK } from './follow/system-sight.ts'
import { HOST, STATE } from './layout.ts'
import { DRIVERS } from './loaders/choose.ts'
import type { LoaderDriver, Steering } from './loaders/driver.ts'
import { UNFINISHED } from './transaction/unfinished.ts'

export interface CancelSpec {
  /** Undefined where no known loader is: then no entry of ours is either. */
  readonly driver?: LoaderDriver['kind'] | undefined
  readonly steering: Steering
  /** Names in /boot, and below the state folder. */
  readonly boot: readonly string[]
  readonly state: readonly string[]
}

/**
 * From what could boot to what only takes up room: the old default, the one-shot choice and the entries, files in /boot, the plan without
 * which nothing can be armed, the rest. Cut off anywhere, it is taken up by the next run.
 */
export function cancelScript({ driver: kind, steering, boot, state }: CancelSpec): string {
  const driver = DRIVERS.find((one) => one.kind === kind)
  // Each part in a subshell: it may exit, and has functions of its own.
  const parts = [
    `(\n${UNFINISHED}\n[ ! -e ${HOST.changed} ] && ! unfinished) || { echo 'packages were changed meanwhile: nothing is cancelled any more' >&2; exit 1; }`,
    `[ ! -f ${HOST.steer} ] || /bin/sh ${HOST.steer} restore`,
    ...(driver === undefined ? [] : [`(\n${entryScript(driver.scripts(steering), { remove: true })})`]),
    `(\n${removeScript(boot)})`,
    `rm -f ${HOOKS}`,
    `rm -f ${HOST.planSums}`,
    // A reboot that never came is no way into the upgrade any more: the next run begins anew instead of watching for it.
    `rm -f ${REBOOT_MARK} ${REBOOT_ERROR}`,
    ...(state.length === 0
      ? []
      : [`cd ${STATE} && rm -rf --one-file-system -- ${state.map(quote).join(' ')} && sync -f ${STATE}`]),
  ]
  return parts.map((part) => `${part} || exit 1`).join('\n')
}
