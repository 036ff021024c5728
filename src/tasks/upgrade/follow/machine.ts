import { judgeSystem } from './judge-system.ts'
import type { ProgressLine } from './progress-line.ts'
import { type Attempt, enter, type FollowState, type Observation, OF_IMAGE } from './state.ts'

/** An image that says that it waits is believed after so long: what it said before somebody let it go on is read first. Milliseconds. */
const SETTLE_MS = 5_000
/** The same where this run asked it to go on: it must find the time to begin. */
const SETTLE_RESUMING_MS = 60_000

/**
 * What is known of a host after one more observation. Pure; nothing changes any more once `end` is there.
 *
 * @param now milliseconds, of the clock that `state.at` is of
 */
export function observe(state: FollowState, attempt: Attempt, observation: Observation, now: number): FollowState {
  if (state.end) return state
  const passed = Math.max(0, now - state.at)
  const spent = { ...state.spent, [state.phase]: (state.spent[state.phase] ?? 0) + passed }
  const timed = { ...state, at: state.at + passed, spent }
  switch (observation.kind) {
    case 'tick':
      return settled(timed, attempt)
    case 'nobody':
      return settled(afterSilence(timed, attempt, observation.why), attempt)
    case 'image':
      return atImage(timed, observation.bootId)
    case 'progress':
      return afterLine({ ...timed, lines: timed.lines + 1 }, observation.line)
    case 'system':
      return judgeSystem(timed, attempt, observation.sight)
  }
}

/** The image told of a failure, waits, and went on waiting. */
function settled(state: FollowState, { resuming }: Attempt): FollowState {
  const { waitingSince, failure } = state
  if (waitingSince === undefined) return state
  if (state.at - waitingSince < (resuming ? SETTLE_RESUMING_MS : SETTLE_MS)) return state
  const told = failure ?? { step: undefined, text: state.text ?? 'it does not say why', changed: true }
  return { ...state, end: { kind: 'waiting', failure: told } }
}

/** Nobody answers: on the way from one system to the next, or the link is gone. Never a failure by itself. */
function afterSilence(state: FollowState, { imageAnswers }: Attempt, why: string): FollowState {
  const text = `nobody answers: ${why}`
  switch (state.phase) {
    case 'going-down':
      return enter(state, imageAnswers ? 'initramfs-boot' : 'offline', text)
    case 'rebooting':
      // After a failure it is the old system that is to come back.
      return state.failure ? { ...state, text } : enter(state, 'first-boot', text)
    case 'resume-service':
      return enter(state, 'first-boot', text)
    default:
      return { ...state, text }
  }
}

function atImage(state: FollowState, bootId: string): FollowState {
  if (state.imageBoots.at(-1) === bootId) return state
  const text = state.imageBoots.length > 0 ? 'the image was booted again' : 'the image answers'
  // What another boot told is no news of this one.
  const fresh: FollowState = { ...state, imageBoots: [...state.imageBoots, bootId], lines: 0, waitingSince: undefined }
  return enter({ ...fresh, failure: undefined }, 'initramfs-boot', text)
}

function afterLine(state: FollowState, line: ProgressLine | undefined): FollowState {
  if (!line) return state
  const { phase: said, event, text, n, of, step, changed } = line
  const failure = event === 'failed' ? { step, text, changed: changed ?? true } : state.failure
  if (said === 'waiting') {
    const since = state.waitingSince ?? state.at
    return { ...state, failure: failure ?? { step, text, changed: true }, waitingSince: since, text }
  }
  if (said === 'failed' || event === 'failed') {
    const next: FollowState = { ...state, failure, waitingSince: undefined }
    return failure && !failure.changed ? enter(next, 'rebooting', text) : { ...next, text }
  }
  // It works again, or still: what failed before is history.
  const going: FollowState = { ...state, failure: undefined, waitingSince: undefined }
  const phase = OF_IMAGE[said] ?? state.phase
  const there = phase === state.phase ? going : enter(going, phase, text)
  return {
    ...there,
    ...(n === undefined ? {} : { n }),
    ...(of === undefined ? {} : { of }),
    ...(text === '' ? {} : { text }),
  }
}
