import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { overview } from '../../../src/render/tui/model/overview.ts'
import type { PhaseReport } from '../../../src/tasks/contract.ts'
import { play, result, task } from '../bodies.ts'
import { modelOf, shown } from './frames.ts'

// A host whose upgrade takes longer than expected: watched on, and given up in the end.

const hosts = ['web1', 'web2']
const phase = (state: PhaseReport['state'], more: Partial<PhaseReport> = {}): EventBody => {
  const report = { phase: 'transaction', state, n: 1036, of: 1480, seconds: 1987, ...more }
  return { type: 'phase', play: 0, batch: 0, step: 0, host: 'web1', ...report }
}
const begun = [...play(hosts, 'Boot it', 'Look at it'), task(0, hosts)]
const late = [...begun, phase('running', { seconds: 1986 }), phase('overdue', { text: 'Upgrading dnf' })]
const row = (bodies: readonly EventBody[]) =>
  shown(modelOf(bodies))
    .find((line) => /^(> | {2})\S (LATE|OVERDUE|running) +web1 /.test(line))
    ?.replace(/ +/g, ' ')

test('it is late and busy, and the word for it is not that of one that was given up', () => {
  const model = modelOf(late)
  expect(row(late)).toMatch(/^> \? LATE web1 1\/2 Boot it 2s transaction 1036\/1480, longer than expected: Upgrading d/)
  expect(shown(model).join('\n')).toContain('0 overdue, 1 late, 1 running,')
  expect(overview(model).batches[0]).toMatchObject({ running: 2, overdue: 0, lost: 0 })
  expect(shown(model, { failedOnly: true }).join('\n')).toContain('hosts 1-1 of 1')
  const given = [...late, result(0, 'web1', 'overdue', { message: 'nobody answers' })]
  expect(row(given)).toMatch(/^> ! OVERDUE web1 1\/2 Boot it 0s nobody answers/)
  expect(overview(modelOf(given)).batches[0]).toMatchObject({ running: 1, overdue: 1, lost: 1 })
  expect(row([...late, phase('running', { phase: 'finish' })])).toMatch(/^> \* running web1 /)
})

test('its page shows the step as under way', () => {
  const page = shown(modelOf(late), { page: 'host', selected: 'web1' }, { columns: 120 })
  const at = page.findIndex((line) => line.startsWith('? LATE '))
  expect(
    page
      .slice(at, at + 2)
      .join(' ')
      .replace(/ +/g, ' '),
  ).toBe('? LATE Boot it 2s transaction 1036/1480 for 33m07s, longer than expected: Upgrading dnf')
  expect(page.join('\n')).toContain('── web1, LATE'.replaceAll('─', '-'))
})

test('the time in a step goes on while its phases change, and its page has both times', () => {
  const bodies = [
    ...begun,
    phase('running', { seconds: 0 }),
    phase('running', { phase: 'finish', seconds: 0, text: 'x' }),
  ]
  const model = modelOf(bodies)
  expect(row(bodies)).toMatch(/ 1\/2 Boot it 2s finish 1036\/1480: x$/)
  const page = shown(model, { page: 'host', selected: 'web1' }, { now: model.time + 60_000 })
  expect(page.find((line) => line.includes('Boot it'))).toMatch(/ 1m02s {2}finish 1036\/1480 for 1m00s: x$/)
})

test('its log counts packages', () => {
  const packages = [1, 1, 2].map((n) => phase('running', { n, text: `Upgrading p${n}` }))
  const page = shown(modelOf([...begun, ...packages]), { page: 'log', selected: 'web1' })
  expect(page.filter((line) => line.includes('Upgrading'))).toEqual(['1/1480 Upgrading p1', '2/1480 Upgrading p2'])
})
