import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { RunModel } from '../../../src/render/tui/model/run-model.ts'
import { press } from '../../../src/render/tui/view/reduce.ts'
import { FIRST_VIEW, type ViewState } from '../../../src/render/tui/view/state.ts'
import { play, result, task } from '../bodies.ts'
import { modelOf, runStarted, START, shown, situation, stamped } from './frames.ts'

// The line above the keys: what was said last, by the run or to a key.

const hosts = ['web1', 'web2', 'web3']
const begun = [...play(hosts, 'one'), task(0, hosts)]
const steering = (by: 'key' | 'shell', command: 'pause' | 'resume' | 'abort', accepted = true): EventBody => {
  return { type: 'steering', command, by, accepted, message: accepted ? 'all right' : 'the run is not paused' }
}
const paused: EventBody = { type: 'paused', paused: true, message: 'no host begins another step' }
const skip: EventBody = {
  type: 'steering',
  command: 'skip',
  host: 'web3',
  by: 'shell',
  accepted: true,
  message: 'web3 is left out',
}
const brake: EventBody = { type: 'brake', play: 0, batch: 0, step: 0, reason: 'too many', remaining: ['web3'] }
/** An answer that was given so many seconds after the start. */
const answered = (seconds: number): Partial<ViewState> => {
  return { said: { text: 'the run is not paused', bad: true }, saidAt: START + seconds * 1000 }
}

/** The line, so many seconds after the last event. */
function said(bodies: readonly EventBody[], view: Partial<ViewState> = {}, later = 0): string {
  const model = modelOf(bodies)
  return shown(model, view, { columns: 120, now: model.time + later * 1000 }).at(-3) ?? ''
}

test('the later one of the answer to a key and what the run says is shown', () => {
  const bodies = [...begun, steering('key', 'resume', false)]
  expect(said(bodies, answered(4))).toBe('the run is not paused')
  const more = [...bodies, steering('shell', 'pause'), paused]
  expect(said(more, answered(4))).toBe('from another shell: pause: no host begins another step')
  expect(said([...more, skip], answered(4))).toBe('from another shell: skip web3: web3 is left out')
  expect(said(more, answered(7))).toBe('the run is not paused')
})

test('an answer passes like what the run says, refused or not', () => {
  const bodies = [...begun, steering('key', 'resume', false)]
  expect(said(bodies, answered(4), 19)).toBe('the run is not paused')
  expect(said(bodies, answered(4), 21)).toBe('')
})

test('why the run is stopped is seen over an older answer, and again when a later one has passed', () => {
  const bodies = [...begun, result(0, 'web1', 'failed'), brake]
  expect(said(bodies, answered(4))).toBe('STOPPED by a brake: too many')
  expect(said(bodies, answered(6), 1)).toBe('the run is not paused')
  expect(said(bodies, answered(6), 30)).toBe('STOPPED by a brake: too many')
  const refused = [...bodies, steering('shell', 'resume', false)]
  expect(said(refused)).toBe('from another shell: resume refused: the run is not paused')
  expect(said(refused, {}, 30)).toBe('STOPPED by a brake: too many')
})

test('an abort of another shell is told as that, and stays', () => {
  const stop: EventBody = { type: 'interrupt', level: 1, message: 'stopping' }
  expect(said([...begun, steering('shell', 'abort'), stop], {}, 60)).toBe('from another shell: abort: stopping')
  expect(said([...begun, steering('key', 'abort'), stop], {}, 60)).toBe('stopping')
})

test('an answer has the time of its key, and keeps it while the screen is drawn anew', () => {
  const { view } = press(FIRST_VIEW, 'q', { ...situation, now: 7 })
  expect(view.saidAt).toBe(7)
  expect(press(view, 'ctrl-l', { ...situation, now: 9 }).view.saidAt).toBe(7)
})

test('a screen that watches the run of another process does not take its own commands for those of others', () => {
  const model = new RunModel({ attached: true })
  for (const event of stamped([runStarted, ...begun, skip])) model.on(event)
  expect(shown(model).at(-3)).toBe('skip web3: web3 is left out')
})

test('where the time of the events goes faster, as in a rehearsal, an answer stays as long for its reader', () => {
  const model = modelOf([...begun, steering('key', 'resume', false)])
  const later = (seconds: number) =>
    shown(model, {}, { columns: 120, now: model.time + seconds * 1000, pace: 300 }).at(-3)
  expect(later(300 * 19)).toBe('the run is not paused')
  expect(later(300 * 21)).toBe('')
})

test('the banner of a pause or a stop names only keys that do it here', () => {
  const stop: EventBody = { type: 'interrupt', level: 1, message: 'stopping' }
  const banner = (body: EventBody, more: Parameters<typeof shown>[2]) => shown(modelOf([...begun, body]), {}, more)[1]
  const watching = { owns: false }
  const replay = { owns: false, steers: false, replay: true }
  expect(banner(paused, watching)).toBe('[PAUSED: no host begins another step; r resumes]')
  expect(banner(paused, replay)).toBe('[PAUSED: no host begins another step]')
  expect(banner(stop, {})).toMatch(/what was sent finishes; Ctrl-C cancels it\]$/)
  expect(banner(stop, { columns: 60 })).toBe('[STOPPING: what was sent finishes; Ctrl-C cancels it]')
  expect(banner(stop, watching)).toMatch(/what was sent finishes; A cancels it\]$/)
  expect(banner(stop, replay)).toMatch(/what was sent finishes\]$/)
})
