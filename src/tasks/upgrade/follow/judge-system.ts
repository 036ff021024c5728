import { runsRelease } from '../already-upgraded.ts'
import { RESUME } from '../transaction/unfinished.ts'
import type { ResultFile } from './result-file.ts'
import { type Attempt, type End, enter, type FollowState } from './state.ts'
import type { SystemSight } from './system-sight.ts'

const LOGS = 'see /var/log/upgrade-push on the host'
const AFTER = 'after packages had been changed'
const AGAIN = `${LOGS}; mend what it names, then run the playbook again`

/** A system answers: the old one that has yet to go down, the old one that is back, or the new one. */
export function judgeSystem(state: FollowState, attempt: Attempt, sight: SystemSight): FollowState {
  if (sight.bootId === attempt.bootBefore) {
    if (sight.rebootError !== undefined) {
      const message = `the reboot was refused: ${sight.rebootError}`
      return ended(state, sight, message, 'mend what it names, then run the playbook again')
    }
    return enter(state, 'going-down', 'the old system still answers')
  }
  const { result } = sight
  const runs = `${sight.distribution} ${sight.release}`.trim()
  const waits = `${runs} runs, the resume service is ${sight.resumeService}`
  if (firstBoots(attempt, sight) && !isLast(attempt, result)) return enter(state, 'resume-service', waits)
  if (sight.unfinished && !isNewSystem(attempt, sight)) return halfReplaced(state, attempt, sight, runs)
  if (result?.run !== attempt.run) {
    if (runsRelease(sight.release, attempt.to) && sight.resumeService === 'failed') return serviceFailed(state, sight)
    const story =
      state.imageBoots.length > 0
        ? 'the upgrade was cut off before it could leave a result (a reset?)'
        : 'the upgrade image did not come up, or was cut off before its first step'
    return ended(state, sight, `${story}; the host runs ${runs} again`, AGAIN)
  }
  switch (result.outcome) {
    case 'upgraded':
      return { ...enter(state, 'resume-service', 'the resume service is done'), end: { kind: 'upgraded', sight } }
    case 'first-boot':
      return sight.resumeService === 'failed' ? serviceFailed(state, sight) : enter(state, 'resume-service', waits)
    case 'first-boot-failed': {
      const message = `the host runs ${runs}, and a step of its first boot failed: ${told(sight)}`
      return ended(state, sight, message, 'mend what it names, then: systemctl start upgrade-resume')
    }
    case 'failed': {
      if (result.changed) return halfReplaced(state, attempt, sight, runs)
      const message = `the upgrade failed before any package changed: ${told(sight)}; the old system is running (${runs})`
      return ended(state, sight, message, AGAIN)
    }
    case 'not-armed':
    case 'no-transaction': {
      const message = `the image booted and did not touch a package (${result.outcome}): ${told(sight)}`
      return ended(state, sight, message, AGAIN)
    }
  }
}

/** Somebody chose another entry than the default, which is the recovery's. */
function halfReplaced(state: FollowState, { run }: Attempt, sight: SystemSight, runs: string): FollowState {
  const { result } = sight
  const why = result?.run === run && result.outcome === 'failed' ? `failed ${AFTER}` : `was cut off ${AFTER}`
  const message = `the upgrade ${why}, and a system was booted all the same (${runs})${result?.run === run ? `: ${told(sight)}` : ''}`
  const remedy = `part of it is old and part new: ${RESUME}, or restore a backup; ${LOGS}`
  return { ...state, end: { kind: 'failed', sight, message, remedy, unfinished: true } }
}

/**
 * The target runs, and its resume service has yet to end. The service is enabled by the image's final steps only; a result that says otherwise
 * is an older one, where the power was lost, or the disk full, between the new boot entry and the image's last result.
 */
function firstBoots({ to }: Attempt, { release, resumeService }: SystemSight): boolean {
  return resumeService !== 'absent' && resumeService !== 'failed' && runsRelease(release, to)
}

/** The final steps were done: whatever is left of the recovery, its first boot is what is to be judged. */
function isNewSystem({ run, to }: Attempt, { release, resumeService, result }: SystemSight): boolean {
  if (result?.run === run && result.outcome !== 'failed') return true
  return runsRelease(release, to) && resumeService !== 'absent'
}

/** The resume service wrote this: nothing newer is to come. */
function isLast({ run }: Attempt, result: ResultFile | undefined): boolean {
  return result?.run === run && (result.outcome === 'upgraded' || result.outcome === 'first-boot-failed')
}

function serviceFailed(state: FollowState, sight: SystemSight): FollowState {
  const remedy = 'see `journalctl -u upgrade-resume` on the host; mend it, then: systemctl start upgrade-resume'
  return ended(state, sight, 'the new system runs, and its resume service failed without a result', remedy)
}

/** Step, message and the last lines of what failed. */
function told({ result }: SystemSight): string {
  const step = result?.step === undefined ? '' : `step ${result.step}: `
  const lines = result && result.lines.length > 0 ? ` | last lines: ${result.lines.slice(-5).join(' | ')}` : ''
  return `${step}${result?.message ?? 'it does not say why'}${lines}`
}

function ended(state: FollowState, sight: SystemSight, message: string, remedy: string): FollowState {
  const end: End = { kind: 'failed', sight, message, remedy }
  return { ...state, end }
}
