import { describe, expect, test } from 'vitest'
import { syntheticRun } from '../../../lab/synthetic-run.ts'
import type { EventBody } from '../../../src/events/types.ts'
import { newHost } from '../../../src/render/tui/model/host.ts'
import { RunModel } from '../../../src/render/tui/model/run-model.ts'
import { press } from '../../../src/render/tui/view/reduce.ts'
import { FIRST_VIEW, type ViewState } from '../../../src/render/tui/view/state.ts'
import { play, task } from '../bodies.ts'
import { modelOf, shown, situation } from './frames.ts'

const hosts = ['web1', 'web2', 'web3']

/** A fleet of so many hosts in each state. */
function fleet(counts: { readonly [standing: string]: number }): RunModel {
  const model = new RunModel()
  for (const [standing, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) {
      const host = newHost(`${standing}${i}`, model.hosts.size)
      host.standing = standing as typeof host.standing
      model.hosts.set(host.name, host)
    }
  }
  return model
}

/** The counts, whichever lines they take. */
function counts(model: RunModel, columns: number): string {
  const lines = shown(model, {}, { columns, rows: 24 })
  const from = lines.findIndex((line) => /^\d+ hosts: /.test(line))
  return lines
    .slice(
      from,
      lines.findIndex((line, i) => i > from && !line.startsWith('  ')),
    )
    .join('\n')
}

test('where the counts are too wide those that are 0 go, and all are there where they fit', () => {
  const model = fleet({ unreachable: 13, running: 32, waiting: 840, done: 115 })
  expect(counts(model, 100)).toBe('1000 hosts: 0 failed, 13 unreachable, 0 overdue, 32 running, 840 waiting, 115 done')
  expect(counts(model, 80)).toBe('1000 hosts: 13 unreachable, 32 running, 840 waiting, 115 done')
  expect(counts(model, 60)).toBe('1000 hosts: 13 unreachable, 32 running, 840 waiting,\n  115 done')
})

test('no count of 10000 hosts is lost at 60 columns', () => {
  const each = { failed: 1000, unreachable: 1500, overdue: 1200, running: 1300, waiting: 1100, 'not-begun': 1400 }
  const model = fleet({ ...each, stopped: 700, 'left-out': 800, done: 1000 })
  expect(counts(model, 60).split('\n')).toEqual([
    '10000 hosts: 1000 failed, 1500 unreachable, 1200 overdue,',
    '  1300 running, 1100 waiting, 700 stopped, 1400 not begun,',
    '  800 left out, 1000 done',
  ])
})

test('what is left is said to be of the play, on a narrow terminal too', () => {
  const model = new RunModel()
  for (const event of syntheticRun({ hosts: 200, serial: 50 })) {
    if (event.type === 'batch_finished') break
    model.on(event)
  }
  const head = (columns: number) => shown(model, {}, { columns })[0]
  expect(head(100)).toMatch(/ left in this play: \d+ to \d+ min {3}\S+$/)
  expect(head(80)).toMatch(/ left in this play: \d+ to \d+ min {3}\S+$/)
  expect(head(70)).toMatch(/ left in play: \d+ to \d+ min {3}\S+$/)
  expect(head(60)).toMatch(/ play: \d+ to \d+ min {2}\S+$/)
  // The time goes last.
  expect(head(40)).toMatch(/initramfs\.yml +\d+m\d\ds$/)
})

test("on a wide terminal a step's name is not cut while there is room", () => {
  const name = 'Check that the host may be upgraded and nothing stands in its way'
  const model = modelOf([...play(hosts, name), task(0, hosts)])
  const row = (columns: number) => shown(model, {}, { columns }).find((line) => /running +web1/.test(line))
  expect(row(200)).toContain(`1/1 ${name} `)
  expect(row(120)).toContain('1/1 Check that the host may be ~')
  const page = shown(model, { page: 'host', selected: 'web1' }, { columns: 200 }).join('\n')
  expect(page).toContain(`* running  ${name} `)
})

test('the command that continues is whole in what q and A say', () => {
  const resume = `upgrade-push -i inventories/production/hosts.ini playbooks/initramfs.yml ${'-e key=value '.repeat(12)}END`
  for (const key of ['q', 'A']) {
    const { view } = press(FIRST_VIEW, key, { ...situation, resume })
    const text = shown(modelOf(play(hosts, 'one')), view, { columns: 80, rows: 24 }).join(' ')
    expect(text.replace(/\s+/g, ' ')).toContain(resume)
  }
})

test('a message that a frame has no room for leaves the list in sight', () => {
  const long: EventBody = { type: 'interrupt', level: 1, message: 'word '.repeat(180) }
  const lines = shown(modelOf([...play(hosts, 'one'), task(0, hosts), long]), {}, { columns: 60, rows: 24 })
  expect(lines.filter((line) => /^(> | {2})[*.] (running|waiting)/.test(line))).toHaveLength(3)
})

test('on the narrowest terminal the help has a gap between the keys and what they do', () => {
  const text = shown(modelOf(play(hosts, 'one')), { page: 'help' }, { columns: 60, rows: 60 }).join('\n')
  expect(text).toContain('j k, arrows  move the cursor, or scroll a page\n')
  expect(text).toContain('PgUp PgDn    a page;')
})

describe('on a terminal of a few rows', () => {
  const fleet = Array.from({ length: 62 }, (_, i) => `web${i + 1}`)
  const rehearsed: EventBody[] = [...play(fleet, 'one'), task(0, fleet)]
  const label = 'REHEARSAL: simulated hosts, none is touched'
  const paused: EventBody = { type: 'paused', paused: true, message: 'no host begins another step; 2 are in a step' }
  const lines = (rows: number, view: Partial<ViewState> = {}) =>
    shown(modelOf([...rehearsed, paused]), view, { columns: 60, rows, label })

  test.each([2, 3, 4, 5, 6, 8, 12])('%d: it says that it is a rehearsal, whatever is open', (rows) => {
    for (const page of ['hosts', 'host', 'log', 'groups', 'help', 'command'] as const) {
      expect(lines(rows, { page, selected: 'web1' })).toContain(label)
    }
  })

  test('5: a host and the first keys are beside it', () => {
    const [first, host, said, keys] = lines(5)
    expect([first, host?.replace(/ +/g, ' '), keys?.slice(0, 7)]).toEqual([
      label,
      '> * running web1 1/1 1s ',
      'jk move',
    ])
    expect(said).toMatch(/^no host begins another step/)
  })

  test('8: hosts are in the list', () => {
    expect(lines(8).join('\n')).toMatch(/-- hosts 1-1 of 62 -+\n> \* running {2}web1 /)
  })

  test('5: what is typed is in sight while a question is open', () => {
    const { view } = press(FIRST_VIEW, 'A', situation)
    const shown = lines(5, view)
    expect(shown).toContain(label)
    expect(shown.join('\n')).toContain('Type "abort" and Enter')
  })
})
