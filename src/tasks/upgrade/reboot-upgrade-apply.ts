import type { ValueMap } from '../../expression/values.ts'
import { RemoteError } from '../../remote/types.ts'
import { ApplyError, type HostHandle, type UpgradeRecord } from '../contract.ts'
import { realClock } from './follow/clock.ts'
import { follow } from './follow/follow.ts'
import type { Limits } from './follow/limits.ts'
import { parseResultFile, type ResultFile } from './follow/result-file.ts'
import type { End, Failure, FollowState } from './follow/state.ts'
import { logsOfImage, logsOfSystem } from './image-log/fetch.ts'
import { keepImageLog } from './image-log/keep.ts'
import type { Spec } from './reboot-upgrade.ts'
import { disarm, startUpgrade } from './reboot-upgrade-start.ts'

/** How a host is watched. */
export interface Watch {
  readonly limits: Limits
  readonly resume: boolean
}

/** For asking an image that waits what its last lines were. */
const LAST_WORDS_MS = 30_000

/**
 * Arms and reboots where the upgrade has yet to begin, then follows the host to the end. What the controller must know to find the host
 * again is on its disk before the reboot is asked for, and goes when a system runs again, unless that is half-replaced.
 */
export async function carryOut(spec: Spec, host: HostHandle): Promise<ValueMap> {
  const { boots } = host
  const began = performance.now()
  if (spec.kind === 'start') await startUpgrade(spec.entry ?? undefined, spec.record, host)
  const arming = Math.round((performance.now() - began) / 1000)
  const { record, watch } = spec
  const state = await follow({
    attempt: {
      run: record.run,
      to: record.release.to,
      bootBefore: record.before.bootId,
      imageAnswers: record.image !== null,
      resuming: spec.kind === 'watch' && watch.resume,
    },
    image: record.image,
    limits: watch.limits,
    boots,
    signal: host.signal,
    report: host.report,
    clock: realClock,
  })
  const { end } = state
  if (end.kind === 'waiting') throw await waits(end.failure, record, host)
  const stayed = end.sight.bootId === record.before.bootId
  // Before the record goes: a controller that dies in the middle comes back for it.
  const log = stayed ? undefined : await keepImageLog(host, logsOfSystem(boots), realClock)
  // The recovery entry has the image's host key, and the image is what a resume has to reach.
  if (end.kind !== 'failed' || !end.unfinished) await boots.forget()
  if (end.kind === 'failed') {
    const message = stayed && spec.kind === 'start' ? `${end.message}; ${await disarm(host)}` : end.message
    throw new ApplyError(message, withLog(end.remedy, log))
  }
  return { ...resultOf(state, end, record, spec.kind === 'start' ? { arming } : {}), image_log: log ?? null }
}

/** The error of a host that waits in its image: what failed, and how it goes on. */
async function waits(failure: Failure, record: UpgradeRecord, host: HostHandle): Promise<ApplyError> {
  const result = await lastWords(record, host)
  const step = result?.step ?? failure.step
  const lines = result && result.lines.length > 0 ? ` | last lines: ${result.lines.slice(-5).join(' | ')}` : ''
  const message = `the upgrade failed after packages had been changed, and the host waits in the upgrade image: ${
    step === undefined ? '' : `step ${step}: `
  }${result?.message ?? failure.text}${lines}`
  const log = await keepImageLog(host, logsOfImage(host.boots, record.image), realClock)
  const remedy =
    'log in to the image as root to look around and mend (docs/upgrade.md), then run again with `resume: true` for reboot_upgrade (-e resume=true with playbooks/upgrade.yml)'
  return new ApplyError(message, withLog(remedy, log))
}

function withLog(remedy: string, log: string | undefined): string {
  return log === undefined ? remedy : `${remedy}; what the image logged is here: ${log}`
}

async function lastWords(record: UpgradeRecord, { boots, signal }: HostHandle): Promise<ResultFile | undefined> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(LAST_WORDS_MS)])
  try {
    const answer = await boots.answer(record.image, bounded)
    if (answer.from !== 'image') return undefined
    const { session } = answer
    const { stdout } = await session
      .run(['cat', '/run/upgrade-push/result.json'], { signal: bounded })
      .finally(() => session.close())
    return parseResultFile(stdout)
  } catch (error) {
    // What the progress told has to do.
    if (error instanceof RemoteError) return undefined
    throw error
  }
}

/** What `register` sees; seconds. */
function resultOf(
  state: FollowState,
  { sight }: End & { kind: 'upgraded' },
  record: UpgradeRecord,
  extra: ValueMap,
): ValueMap {
  const seconds = Object.entries(state.spent).map(([phase, ms]) => [phase, Math.round(ms / 1000)] as const)
  return {
    run: record.run,
    outcome: 'upgraded',
    release: { ...record.release },
    phases: { ...extra, ...Object.fromEntries(seconds) },
    host_phases: { ...sight.result?.phases },
    kernel: { before: record.before.kernel, after: sight.kernel },
    boot_ids: { before: record.before.bootId, image: [...state.imageBoots], after: sight.bootId },
  }
}
