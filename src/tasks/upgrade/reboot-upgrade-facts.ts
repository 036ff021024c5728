import type { Probe } from '../contract.ts'
import { runsRelease } from './already-upgraded.ts'
import { parseSystemSight, SYSTEM_SIGHT, type SystemSight } from './follow/system-sight.ts'
import { TaggedLines } from './host/tagged-lines.ts'
import { HOST, STATE } from './layout.ts'

/** A system as it answers, and how big the frozen plan is. */
export interface UpgradeFacts {
  readonly sight: SystemSight
  /** Items of the plan. */
  readonly packages: number
  /** Bytes of all packages. */
  readonly bytes: number
}

export const upgradeProbe: Probe<UpgradeFacts> = {
  id: 'upgrade-push/upgrade',
  script: `${SYSTEM_SIGHT}
if [ -f ${STATE}/plan.json ]; then
  printf '@items\\t%s\\n' "$(grep -o '"action":' ${STATE}/plan.json | wc -l)"
  printf '@bytes\\t%s\\n' "$(sed -n '1s/.*"downloadSize": *\\([0-9]*\\).*/\\1/p' ${STATE}/plan.json)"
fi
:`,
  reads: [`path:${HOST.result}`, `path:${STATE}/plan.sums`, `path:${STATE}/plan.json`],
  parse(output) {
    const lines = new TaggedLines(output.stdout)
    const figure = (tag: string) => Number(lines.tagged(tag)[0]?.[0] ?? 0) || 0
    return { sight: parseSystemSight(output), packages: figure('items'), bytes: figure('bytes') }
  },
}

/** The plan of this host, if there still is one, was carried out, and the new system is done with its first boot. */
export function isUpgraded(sight: SystemSight): boolean {
  const { result, plan } = sight
  if (result?.outcome !== 'upgraded' || !result.release) return false
  return runsRelease(sight.release, result.release.to) && (plan === undefined || plan === result.plan)
}
