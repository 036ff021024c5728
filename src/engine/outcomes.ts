import type { ValueMap } from '../expression/values.ts'
import type { CommandResult } from '../remote/types.ts'
import type { Verdict } from '../tasks/contract.ts'
import type { Decision } from './decide.ts'
import type { Failure } from './remote-failure.ts'
import type { UnitOutcome } from './step-run.ts'

export function skipped(reason: string): UnitOutcome {
  return { status: 'skipped', message: reason, result: { changed: false, skipped: true, skip_reason: reason } }
}

export function deferred(reason: string): UnitOutcome {
  return { status: 'deferred', message: reason, result: { changed: false, failed: false } }
}

export function failed(failure: Failure, result: ValueMap = {}): UnitOutcome {
  return {
    status: failure.status,
    message: failure.message,
    remedy: failure.remedy,
    interrupted: failure.interrupted,
    result: { ...result, changed: false, failed: true, msg: failure.message },
  }
}

/** A decision that needs no hand laid on the host: ok, refused, or in check mode a change that would be made. */
export function settled({ verdict, findings }: Decision): UnitOutcome {
  switch (verdict.kind) {
    case 'ok':
      return {
        status: 'ok',
        message: verdict.summary,
        findings,
        result: { changed: false, failed: false, ...verdict.result },
      }
    case 'refuse':
      return {
        status: 'refused',
        message: verdict.reason,
        remedy: verdict.remedy,
        findings,
        result: { ...verdict.result, changed: false, failed: true, msg: verdict.reason },
      }
    case 'change':
      return {
        status: 'changed',
        message: verdict.summary,
        diff: verdict.diff,
        findings,
        result: { failed: false, ...verdict.result, changed: true },
      }
    case 'action':
      return { ...skipped('check mode: nothing tells beforehand what this would change'), untold: true }
  }
}

/** After a change was made and, where it has a postcondition, verified. */
export function changed(decision: Decision, result: ValueMap): UnitOutcome {
  const { verdict, findings } = decision
  return {
    status: 'changed',
    message: verdict.kind === 'change' || verdict.kind === 'action' ? verdict.summary : undefined,
    ...(verdict.kind === 'change' ? { diff: verdict.diff } : {}),
    findings,
    result: { failed: false, changed: true, ...verdict.result, ...result },
  }
}

/** Why a change that was made is no success: the check after it still wants something. Undefined when it is content. */
export function unconverged(verdict: Verdict<unknown>): string | undefined {
  if (verdict.kind === 'ok') return undefined
  const wants = verdict.kind === 'refuse' ? verdict.reason : verdict.summary
  return `did not converge: after the change the check still says "${wants}"`
}

/** The last lines of what a failing command said. */
export function lastWords({ code, stdout, stderr }: CommandResult): string {
  const text = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' | ')
  return text === '' ? `exit code ${code}` : `exit code ${code}: ${text}`
}
