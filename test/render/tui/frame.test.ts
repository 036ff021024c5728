import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { syntheticRun } from '../../../lab/synthetic-run.ts'
import type { EventBody } from '../../../src/events/types.ts'
import { RunModel } from '../../../src/render/tui/model/run-model.ts'
import type { Page } from '../../../src/render/tui/view/state.ts'
import { play, result, task } from '../bodies.ts'
import { modelOf, shown } from './frames.ts'

const hosts = ['web1', 'web2', 'web3']

test('hosts stand in the order of attention, one line each', () => {
  const model = modelOf([
    ...play(hosts, 'look', 'act'),
    task(0, hosts),
    task(1, hosts),
    result(0, 'web1', 'ok'),
    result(1, 'web1', 'changed'),
    result(0, 'web2', 'failed', { message: 'no space in /boot' }),
  ])
  const rows = shown(model).filter((line) => /web\d/.test(line) && !line.includes('hosts:'))
  expect(rows.map((line) => line.replace(/ +/g, ' ').trim())).toEqual([
    'x FAILED web2: no space in /boot [look]',
    '> x FAILED web2 1/2 look 0s no space in /boot',
    '* running web3 1/2 look 1s',
    '+ done web1 2/2 1 changed',
  ])
})

test('of a segment only as many hosts run as there are forks; the next one begins when one ends', () => {
  const model = modelOf([...play(hosts, 'one'), task(0, hosts)])
  expect(hosts.map((name) => model.host(name).standing)).toEqual(['running', 'running', 'waiting'])
  const later = modelOf([...play(hosts, 'one'), task(0, hosts), result(0, 'web2', 'ok')])
  expect(hosts.map((name) => later.host(name).standing)).toEqual(['running', 'done', 'running'])
})

test('all keys are in sight at 60 columns', () => {
  const text = shown(modelOf(play(hosts, 'one')), {}, { columns: 60, rows: 20 }).join('\n')
  for (const key of [
    'jk move',
    '/ filter',
    'Enter detail',
    'o groups',
    'p pause',
    'R retry',
    's skip',
    'A abort now',
    'q leave',
  ]) {
    expect(text).toContain(key)
  }
})

test('in a check the fleet is folded to what is the same and what differs, and how', () => {
  const model = new RunModel()
  for (const event of syntheticRun({ hosts: 400, mode: 'check' })) model.on(event)
  expect(shown(model, {}, { columns: 120, rows: 40 }).join('\n')).toMatch(
    /plan: \d+ the same: 6 steps would change; 2 differ, first in: stage_transaction/,
  )
  const page = shown(model, { page: 'groups' }, { columns: 120, rows: 60 }).join('\n')
  expect(page).toMatch(/only here: .*\+ local-agent-4\.2-1\.el9\.x86_64/)
})

test('the brake tells how many more hosts may be lost', () => {
  const [started, batch] = play(hosts, 'one') as [EventBody, EventBody]
  const model = modelOf([
    { ...started, maxFailPercentage: 34 } as EventBody,
    batch,
    task(0, hosts),
    result(0, 'web1', 'failed'),
  ])
  expect(shown(model).join('\n')).toContain('brake: 1 lost, 0 more allowed')
})

describe('why a brake stopped the play', () => {
  const reason = 'max_fail_percentage 10: 1 of 2 hosts of the batch failed'
  const brake: EventBody = { type: 'brake', play: 0, batch: 0, step: 0, reason, remaining: ['web2'] }
  const model = modelOf([...play(hosts, 'one'), task(0, hosts), result(0, 'web1', 'failed'), brake])

  test.each([20, 24, 30])('is whole at 60 columns and %d rows, with the bar below it', (rows) => {
    const lines = shown(model, {}, { columns: 60, rows })
    const at = lines.findIndex((line) => line.startsWith('STOPPED: '))
    expect(lines.slice(at, at + 2).join(' ')).toBe(`STOPPED: ${reason}`)
    expect(lines[at + 2]).toMatch(/^batch 1\/1 /)
  })

  test('comes first on the page of groups', () => {
    const lines = shown(model, { page: 'groups' }, { columns: 60, rows: 24 })
    const at = lines.findIndex((line) => line.includes('groups  (Esc: back)'))
    expect(lines.slice(at + 1, at + 3).join(' ')).toBe(`STOPPED: ${reason}`)
  })
})

test('a range only when five hosts did every step that remains; before it what is not known is told', () => {
  const model = new RunModel()
  const seen: string[] = []
  for (const event of syntheticRun({ hosts: 200, serial: 50 })) {
    model.on(event)
    if (event.type === 'batch_finished') break
    seen.push(shown(model)[0] ?? '')
  }
  expect(seen[60]).toMatch(/left in this play: over \d+s, 5 steps not known yet/)
  expect(seen.at(-1)).toMatch(/left in this play: \d+ to \d+ min/)
})

describe('whatever comes', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constant('\x1b[2J\x1b[Hgone\r\n\t\x07'))
  const host = fc.constantFrom('web1', 'web2', 'db\x1b[31m', '服务器一号', 'a'.repeat(90))
  const where = fc.record({ play: fc.nat(2), batch: fc.nat(2), step: fc.nat(3) })
  const status = fc.constantFrom('ok', 'changed', 'deferred', 'skipped', 'failed', 'refused', 'unreachable', 'overdue')
  const list = fc.array(host, { maxLength: 4 })
  const phase = fc.record({
    phase: text,
    state: fc.constantFrom('running', 'overdue', 'done'),
    n: fc.nat(),
    of: fc.nat(),
    seconds: fc.nat(),
    text,
  })
  const event = fc.oneof(
    fc.record({
      type: fc.constant('play_started'),
      play: fc.nat(2),
      name: text,
      hosts: list,
      batches: fc.nat(3),
      steps: fc.array(fc.record({ name: text, task: text }), { maxLength: 4 }),
      maxFailPercentage: fc.nat(100),
    }),
    fc.record({ type: fc.constant('play_skipped'), play: fc.nat(2), name: text, reason: text }),
    fc.record({ type: fc.constant('batch_started'), play: fc.nat(2), batch: fc.nat(2), of: fc.nat(3), hosts: list }),
    fc
      .tuple(where, list, text)
      .map(([at, names, name]) => ({ type: 'task_started', ...at, name, task: name, hosts: names })),
    fc.tuple(where, host, status, text, fc.boolean()).map(([at, name, state, message, item]) => ({
      type: 'host_result',
      ...at,
      host: name,
      status: state,
      message,
      remedy: message,
      ms: 5,
      ...(item ? { item: { label: message, index: 0 } } : {}),
      diff: [
        { kind: 'text', path: message, before: message, after: name },
        { kind: 'items', title: message, added: [message], removed: [], changed: [] },
      ],
      findings: [{ key: 'k', severity: 'high', title: message, detail: message }],
    })),
    fc.tuple(where, host, text).map(([at, name, line]) => ({ type: 'progress', ...at, host: name, line })),
    fc.tuple(where, host, phase).map(([at, name, report]) => ({ type: 'phase', ...at, host: name, ...report })),
    fc
      .tuple(where, host, text)
      .map(([at, name, summary]) => ({ type: 'intent', ...at, host: name, task: 'x', summary, touches: [], spec: {} })),
    fc.record({ type: fc.constant('warning'), message: text, host }),
    fc.record({ type: fc.constant('brake'), play: fc.nat(2), batch: fc.nat(2), reason: text, remaining: list }),
    fc.record({ type: fc.constant('interrupt'), level: fc.constantFrom(1, 2, 3), message: text }),
    fc.record({ type: fc.constant('paused'), paused: fc.boolean(), message: text }),
    fc
      .tuple(where, host, fc.constantFrom('left-out', 'retrying'), text)
      .map(([at, name, state, message]) => ({ type: 'host_steered', ...at, host: name, state, message })),
    fc.record({ type: fc.constant('batch_finished'), play: fc.nat(2), batch: fc.nat(2) }),
    fc.constant({ type: 'run_finished', outcome: 'failed', exitCode: 2, recap: {}, ms: 5 }),
  )

  test('a frame is one line lower than the terminal, never wider, and no control character is in it', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        fc.record({
          page: fc.constantFrom<Page[]>('hosts', 'host', 'log', 'groups', 'help', 'command'),
          selected: fc.option(host, { nil: undefined }),
          filter: fc.constantFrom('', 'web', 'zzz'),
          failedOnly: fc.boolean(),
          typing: fc.boolean(),
          scroll: fc.option(fc.nat(50), { nil: undefined }),
        }),
        fc.integer({ min: 1, max: 220 }),
        fc.integer({ min: 2, max: 60 }),
        (events, view, columns, rows) => {
          const lines = shown(modelOf(events as EventBody[]), view, { columns, rows })
          expect(lines.length).toBe(rows - 1)
          for (const line of lines) {
            expect(stringWidth(line)).toBeLessThanOrEqual(columns)
            expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('while the run is paused nobody begins: hosts stand before their next step, and go on after it', () => {
  const before: EventBody[] = [...play(hosts, 'one', 'two'), task(0, hosts), task(1, hosts)]
  const pause: EventBody = { type: 'paused', paused: true, message: 'paused' }
  const during = [...before, pause, result(0, 'web1', 'ok'), result(0, 'web2', 'failed')]
  const standings = (bodies: readonly EventBody[]) => hosts.map((name) => modelOf(bodies).host(name).standing)
  expect(standings(during)).toEqual(['between', 'failed', 'waiting'])
  expect(standings([...during, { ...pause, paused: false }])).toEqual(['running', 'failed', 'running'])
})

describe('steps that were sent in one round trip', () => {
  const names = ['one', 'two', 'three']
  const sent = (step: number, item?: number): EventBody => {
    const more = item === undefined ? {} : { item }
    const summary = `does ${names[step]}${item === undefined ? '' : ` to ${item}`}`
    return { type: 'intent', play: 0, batch: 0, step, host: 'web1', task: 'x', summary, touches: [], spec: {}, ...more }
  }
  const announced: EventBody[] = [...play(hosts, ...names), ...names.map((_, step) => task(step, hosts))]
  const row = (bodies: readonly EventBody[]) =>
    shown(modelOf(bodies))
      .find((line) => line.includes('web1'))
      ?.replace(/ +/g, ' ')

  test('the first of them that has no result is the one that runs', () => {
    const together = [...announced, sent(0), sent(1), sent(2)]
    expect(row(together)).toContain('web1 1/3 one 5s (sent with 2 more) does one')
    expect(row([...together, result(0, 'web1', 'changed')])).toContain('web1 2/3 two 0s (sent with 1 more) does two')
    const past = [...together, result(0, 'web1', 'changed'), result(1, 'web1', 'changed')]
    expect(row(past)).toContain('web1 3/3 three 0s does three')
    expect(modelOf([...past, result(2, 'web1', 'changed')]).host('web1').standing).toBe('done')
  })

  test('the page of the host tells the one that runs from those that went along', () => {
    const page = shown(modelOf([...announced, sent(0), sent(1)]), { page: 'host', selected: 'web1' })
    expect(page.filter((line) => /^[*.] /.test(line)).map((line) => line.replace(/ +/g, ' '))).toEqual([
      '* running one 4s does one',
      '. sent two',
      '. - three',
    ])
  })

  test('items of a loop go by one by one', () => {
    const loop = [...announced, sent(0, 0), sent(0, 1), sent(1)]
    expect(row(loop)).toContain('(sent with 1 more) does one to 0')
    expect(row([...loop, result(0, 'web1', 'changed', { item: { label: 'a', index: 0 } })])).toContain('does one to 1')
  })

  test('of a host that failed nothing is under way any more', () => {
    const model = modelOf([...announced, sent(0), sent(1), result(0, 'web1', 'failed', { message: 'no' })])
    expect([model.host('web1').standing, model.host('web1').sent]).toEqual(['failed', []])
  })
})
