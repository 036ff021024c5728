import type { Finding } from '../../contract.ts'
import { runsRelease } from '../already-upgraded.ts'
import { deviation, listed } from './deviation.ts'
import type { VerifyFacts } from './facts.ts'

/** The release that runs, and what the upgrade says of itself. */
export function outcomeDeviations({ sight }: VerifyFacts, wanted: string | undefined): Finding[] {
  const found: Finding[] = []
  const { result } = sight
  const release = wanted ?? result?.release?.to
  if (release !== undefined && !runsRelease(sight.release, release)) {
    const detail = `/etc/os-release says ${sight.distribution} ${sight.release}, expected is release ${release}`
    found.push(deviation('verify_release', 'another release runs', detail, 'See result.json and the upgrade’s logs.'))
  }
  if (result?.outcome !== 'upgraded') {
    const detail = `result.json says ${result?.outcome ?? 'nothing'}${result?.message ? `: ${result.message}` : ''}`
    found.push(
      deviation('verify_result', 'the upgrade is not done', detail, 'Run reboot_upgrade; it says what is left.'),
    )
  }
  if (sight.resumeService !== 'absent') {
    found.push(
      deviation(
        'verify_resume_service',
        'the resume service is still there',
        `upgrade-resume.service is ${sight.resumeService}; it removes itself when it is done`,
        'See journalctl -u upgrade-resume.',
      ),
    )
  }
  return found
}

export function unitDeviations({ before, failedUnits, services }: VerifyFacts, wanted: readonly string[]): Finding[] {
  const found: Finding[] = []
  const fresh = failedUnits.filter((unit) => !before?.failedUnits.includes(unit))
  if (fresh.length > 0) {
    const detail = `${listed(fresh)}; none of them had failed before the upgrade`
    found.push(deviation('verify_failed_units', 'units have failed', detail, 'See systemctl status of each.'))
  }
  const down = wanted
    .filter((unit) => services[unit] !== 'active')
    .map((unit) => `${unit} is ${services[unit] || 'unknown'}`)
  if (down.length > 0) {
    found.push(deviation('verify_services', 'services are not active', listed(down), 'See systemctl status of each.'))
  }
  return found
}

export function remainDeviations({ remains }: VerifyFacts): Finding[] {
  if (remains.length === 0) return []
  const remedy = 'Run playbooks/cancel.yml: it removes what an upgrade leaves.'
  return [deviation('verify_remains', 'the upgrade’s own files are left', listed(remains), remedy)]
}
