import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { summary } from '../../../src/render/tui/summary.ts'
import { batchEnd, play, result, task } from '../bodies.ts'
import { modelOf, runStarted, SUMMARY, shown } from './frames.ts'

// What stays in the terminal after the screen, and what `y` shows.

const begun = [...play(['web1'], 't0'), task(0, ['web1'])]
const ended = (outcome: 'done' | 'aborted' | 'failed'): EventBody[] => {
  const exitCode = { done: 0, aborted: 99, failed: 2 }[outcome]
  return [...begun, result(0, 'web1', 'ok'), batchEnd, { type: 'run_finished', outcome, exitCode, ms: 1, recap: {} }]
}
const replay = { end: 'the run ended as done' }

test('a replay that is left says so, and how its run ended', () => {
  const text = summary(modelOf(begun), { ...SUMMARY, owns: false, replay })
  expect(text).toContain('the replay was left, the run ended as done\n')
  expect(text).not.toMatch(/the run goes on|to continue/)
})

test('who leaves a run of another process is told that it goes on', () => {
  const text = summary(modelOf(begun), { ...SUMMARY, owns: false, goesOn: true })
  expect(text).toContain('the screen was left, the run goes on\n')
  expect(text).not.toContain('to continue')
})

test('a run of another process that was killed is not said to go on', () => {
  const text = summary(modelOf(begun), { ...SUMMARY, owns: false, goesOn: false })
  expect(text).toContain(': its process ended before the run did\n')
})

test.each([
  ['aborted', { owns: true }, true],
  ['aborted', { owns: false }, true],
  ['failed', { owns: false }, true],
  ['done', { owns: true }, false],
  ['done', { owns: false }, false],
  ['aborted', { owns: false, replay }, false],
] as const)('%s, %j: whether the end names the command that continues is %j', (outcome, how, named) => {
  const text = summary(modelOf(ended(outcome)), { ...SUMMARY, ...how })
  expect(text.includes('to continue: RESUME')).toBe(named)
  const page = shown(modelOf(ended(outcome)), { page: 'command' }, { owns: how.owns, replay: 'replay' in how })
  expect(page.join('\n').includes('Continues it:')).toBe(named)
})

test.each([true, false])('a rehearsal is continued by nothing, its own process: %j', (owns) => {
  const model = modelOf([{ ...runStarted, rehearsal: 'simulated' } as EventBody, ...ended('aborted')])
  expect(summary(model, { ...SUMMARY, resume: undefined, owns })).not.toContain('to continue')
  const page = shown(model, { page: 'command' }, { owns, resume: undefined }).join('\n')
  expect(page).not.toContain('Continues it:')
  expect(page).toContain('a rehearsal is not continued: nothing was changed')
  const help = shown(model, { page: 'help' }, { owns, resume: undefined, rows: 60 }).join('\n')
  expect(help).toContain('a rehearsal is not continued: nothing was changed')
  expect(help).not.toContain('It is continued by')
})

test('while a run goes on, y shows the command that would continue it', () => {
  expect(shown(modelOf(begun), { page: 'command' }).join('\n')).toContain('Continues it:')
})

test('one host is one host, one step one step, one warning one warning', () => {
  const warned = modelOf([...begun, { type: 'warning', message: 'odd' }])
  const text = summary(warned, SUMMARY)
  expect(text).toMatch(/^1 host: 0 done/m)
  expect(text).toMatch(/^ {2}1 warning; the first: odd$/m)
  expect(shown(warned).join('\n')).toContain('1 host: 0 failed')
  const check = [{ ...runStarted, mode: 'check' } as EventBody, ...begun, result(0, 'web1', 'changed'), batchEnd]
  expect(shown(modelOf(check)).join('\n')).toContain('1 the same: 1 step would change')
})

test('hosts that were left out are named, some of many', () => {
  const hosts = Array.from({ length: 13 }, (_, i) => `web${i}`)
  const out = hosts.slice(0, 12).map((host): EventBody => {
    return { type: 'host_steered', play: 0, batch: 0, step: 0, host, state: 'left-out', message: 'left out' }
  })
  const events = [...play(hosts, 't0'), task(0, hosts), ...out, result(0, 'web12', 'ok')]
  expect(shown(modelOf(events)).join('\n')).toMatch(/ok 1 +changed 0 +failed 0 +unreachable 0 +overdue 0 +left out 12/)
  const text = summary(modelOf(events), SUMMARY)
  expect(text).toContain('1 done, 0 failed, 0 unreachable, 0 overdue, 12 left out\n')
  expect(text).toMatch(/ {2}left out: web0, web1, .*, web9 and 2 more\n/)
})

test('what may still be lost is worked out without the hosts that were left out', () => {
  const hosts = ['web1', 'web2', 'web3', 'web4', 'web5']
  const [started, ...rest] = play(hosts, 't0', 't1')
  const braked = { ...started, maxFailPercentage: 20 } as EventBody
  const out: EventBody = {
    type: 'host_steered',
    play: 0,
    batch: 0,
    step: 0,
    host: 'web1',
    state: 'left-out',
    message: '',
  }
  expect(shown(modelOf([braked, ...rest, task(0, hosts)])).join('\n')).toContain('brake: 0 lost, 1 more allowed')
  expect(shown(modelOf([braked, ...rest, task(0, hosts), out])).join('\n')).toContain('brake: 0 lost, 0 more allowed')
})

test('a command of which a value was hidden is not said to do it again as it stands', () => {
  const page = (reproduce: string) => shown(modelOf(begun), { page: 'command' }, { reproduce }).join('\n')
  expect(page("upgrade-push x.yml -e 'pass=********'")).toContain('again, with what was hidden in its place:')
  expect(page('upgrade-push x.yml')).toContain('Does this run again:')
})
