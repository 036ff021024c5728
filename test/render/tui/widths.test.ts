import { expect, test } from 'vitest'
import { syntheticRun } from '../../../lab/synthetic-run.ts'
import type { EventBody } from '../../../src/events/types.ts'
import { newHost } from '../../../src/render/tui/model/host.ts'
import { RunModel } from '../../../src/render/tui/model/run-model.ts'
import { press } from '../../../src/render/tui/view/reduce.ts'
import { FIRST_VIEW } from '../../../src/render/tui/view/state.ts'
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
