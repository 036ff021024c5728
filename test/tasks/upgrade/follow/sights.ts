import type { ProgressLine } from '../../../../src/tasks/upgrade/follow/progress-line.ts'
import type { ResultFile } from '../../../../src/tasks/upgrade/follow/result-file.ts'
import type { Attempt } from '../../../../src/tasks/upgrade/follow/state.ts'
import type { SystemSight } from '../../../../src/tasks/upgrade/follow/system-sight.ts'

export const OLD_BOOT = 'boot-old'
export const NEW_BOOT = 'boot-new'
export const RUN = 'run-1'

export function attempt(more: Partial<Attempt> = {}): Attempt {
  return { run: RUN, to: '9', bootBefore: OLD_BOOT, imageAnswers: true, resuming: false, ...more }
}

export function system(more: Partial<SystemSight> = {}): SystemSight {
  return {
    bootId: OLD_BOOT,
    machineId: 'm',
    kernel: '5.14',
    distribution: 'labos',
    release: '8',
    rebooting: false,
    rebootError: undefined,
    result: undefined,
    resumeService: 'absent',
    plan: undefined,
    unfinished: false,
    ...more,
  }
}

export function result(outcome: ResultFile['outcome'], more: Partial<ResultFile> = {}): ResultFile {
  return {
    run: RUN,
    plan: undefined,
    outcome,
    step: undefined,
    message: undefined,
    changed: false,
    release: { from: '8', to: '9' },
    phases: {},
    lines: [],
    ...more,
  }
}

export function line(phase: ProgressLine['phase'], event = 'phase', more: Partial<ProgressLine> = {}): ProgressLine {
  return { phase, event, text: `${phase} ${event}`, ...more }
}
