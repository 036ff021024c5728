import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { summary } from '../../../src/render/tui/summary.ts'
import { batchEnd, play, result, task } from '../bodies.ts'
import { modelOf, runStarted, shown } from './frames.ts'

// What stays in the terminal after the screen, and what `y` shows.

const begun = [...play(['web1'], 't0'), task(0, ['web1'])]
const ended = (outcome: 'done' | 'aborted' | 'failed'): EventBody[] => {
  const exitCode = { done: 0, aborted: 99, failed: 2 }[outcome]
  return [...begun, result(0, 'web1', 'ok'), batchEnd, { type: 'run_finished', outcome, exitCode, ms: 1, recap: {} }]
}
const options = { resume: 'RESUME', command: undefined, owns: true, replay: undefined, label: '', color: false }
const replay = { end: 'the run ended as done' }

test('a replay that is left says so, and how its run ended', () => {
  const text = summary(modelOf(begun), { ...options, owns: false, replay })
  expect(text).toContain('the replay was left, the run ended as done\n')
  expect(text).not.toMatch(/the run goes on|to continue/)
})

test('who leaves a run of another process is told that it goes on', () => {
  const text = summary(modelOf(begun), { ...options, owns: false })
  expect(text).toContain('the screen was left, the run goes on\n')
  expect(text).not.toContain('to continue')
})

test.each([
  ['aborted', { owns: true }, true],
  ['aborted', { owns: false }, true],
  ['failed', { owns: false }, true],
  ['done', { owns: true }, false],
  ['done', { owns: false }, false],
  ['aborted', { owns: false, replay }, false],
] as const)('%s, %j: whether the end names the command that continues is %j', (outcome, how, named) => {
  const text = summary(modelOf(ended(outcome)), { ...options, ...how })
  expect(text.includes('to continue: RESUME')).toBe(named)
  const page = shown(modelOf(ended(outcome)), { page: 'command' }, { owns: how.owns, replay: 'replay' in how })
  expect(page.join('\n').includes('Continues it:')).toBe(named)
})

test('a rehearsal of another process is continued by nothing', () => {
  const model = modelOf([{ ...runStarted, rehearsal: 'simulated' } as EventBody, ...ended('aborted')])
  expect(summary(model, { ...options, owns: false })).not.toContain('to continue')
})

test('while a run goes on, y shows the command that would continue it', () => {
  expect(shown(modelOf(begun), { page: 'command' }).join('\n')).toContain('Continues it:')
})

test('one host is one host, one step one step, one warning one warning', () => {
  const warned = modelOf([...begun, { type: 'warning', message: 'odd' }])
  const text = summary(warned, options)
  expect(text).toMatch(/^1 host: 0 done/m)
  expect(text).toMatch(/^ {2}1 warning; the first: odd$/m)
  expect(shown(warned).join('\n')).toContain('1 host: 0 failed')
  const check = [{ ...runStarted, mode: 'check' } as EventBody, ...begun, result(0, 'web1', 'changed'), batchEnd]
  expect(shown(modelOf(check)).join('\n')).toContain('1 the same: 1 step would change')
})
